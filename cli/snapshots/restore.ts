import { chmod, cp, mkdir, readFile, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { placeFile, recordPlace } from "../../local/place.ts";
import { stackDirectory } from "../../local/stateDirectory.ts";
import { recreate } from "../../providers/kit/recreate.ts";
import { messageOf } from "../../providers/kit/plain/errors.ts";
import { endSharedConnections, shareConnections } from "../../providers/strata/access/sharedConnections.ts";
import { resources as ownDefinitions } from "../../providers/strata/parts.ts";
import { readTestbed } from "../../components/standing/read.ts";
import type { TestbedOutputs } from "../../components/contract/testbed.ts";
import type { StateResource } from "../../components/contract/snapshots.ts";
import { closeHost } from "../../providers/strata/host/host.ts";
import { ensureStack, pulumiOutput, stackNames } from "../pulumi/run.ts";
import { say } from "../terminal/say.ts";
import { UserError } from "../terminal/userError.ts";
import { snapshotDirectory, snapshotPaths } from "./folder.ts";
import { anothers } from "./another.ts";
import { noteBegin, noteEnd, unfinished } from "./interrupted.ts";
import { machinesOf, type StackMachines } from "./machineStates.ts";
import { readRecord, type SnapshotRecord } from "./record.ts";
import { resourcesIn } from "./stateResources.ts";
import { waitUntilWell } from "./well.ts";

export interface RestoreOptions {
  tell: (what: string) => void;
  signal: AbortSignal;
}

/** The daemon that machines may be on: nothing can be asked of them before it runs. */
const host = "strata:host:Embedded";
/** What Strata has beside the machines, in processes and files of this host, that a state knows of. */
const beside = [host, "strata:mirror:Mirror", "strata:access:Forward"];

/**
 * Brings a testbed back as it was when it was saved, whatever is there of it now: its state in the engine, its files, its
 * machines with their memory. For who has the testbed.
 *
 * @throws UserError where the snapshot can't be used: nothing is changed then, unless it says so.
 */
export async function restoreSnapshot(stack: string, name: string, { tell, signal }: RestoreOptions): Promise<void> {
  const record = usableRecord(stack, name);
  const directory = snapshotDirectory(stack, name);
  const paths = snapshotPaths(directory);
  tell("reading what was saved");
  const earlier = unfinished(stack);
  const isNew = !(await stackNames()).includes(stack);
  await ensureStack(stack);
  const before = await pulumiOutput(["stack", "export", "--stack", stack]);
  const state = await readFile(paths.state, "utf8");
  const left = anothers(resourcesIn(before), resourcesIn(state), record.machines);
  if (left.length > 0) {
    throw new UserError(
      `testbed ${stack} is another one than was saved as ${name}, and would leave ${left.join(", ")}; ./strata destroy ${stack} first, then restore`,
    );
  }
  // From here on what is in the engine's state may be there or not, until all of it is.
  noteBegin(stack, { doing: "restore", snapshot: name, infrastructure: record.infrastructure });
  await pulumiOutput(["stack", "import", "--stack", stack], state);
  let machines: StackMachines | undefined;
  try {
    recordPlace(stack, record.place);
    machines = await machinesOf(stack, record.infrastructure, signal);
    for (const resource of machines.resources) if (resource.type === host) await makeAgain(resource, signal);
    const reasons = await machines.states.unusable(paths.machine);
    if (reasons.length > 0) throw new UserError(reasons.join("; "));
  } catch (error) {
    machines?.states.close();
    // Nothing was touched yet: what an earlier run has left is as it was.
    await pulumiOutput(["stack", "import", "--stack", stack], before);
    if (earlier) noteBegin(stack, earlier);
    else noteEnd(stack);
    if (isNew) await forget(stack);
    signal.throwIfAborted();
    throw new UserError(`snapshot ${name} of ${stack} can't be used: ${messageOf(error)}`);
  }
  try {
    await restoreFiles(stack, paths.files);
    await goOnFrom(stack, machines, { tell, signal });
  } finally {
    machines.states.close();
  }
  noteEnd(stack);
}

/** What was begun for a stack of which there was nothing. */
async function forget(stack: string): Promise<void> {
  for (const sentence of await closeHost(stack)) say(sentence);
  await rm(placeFile(stack), { force: true });
  await pulumiOutput(["stack", "rm", stack, "--yes"]);
}

/**
 * The same for a testbed that is up and has not been changed since: its machines alone, with no need for the engine.
 *
 * @throws UserError where one can't be brought back.
 */
export async function restoreMachines(stack: string, name: string, options: RestoreOptions): Promise<void> {
  const { infrastructure } = usableRecord(stack, name);
  const machines = await machinesOf(stack, infrastructure, options.signal);
  try {
    const reasons = await machines.states.unusable(snapshotPaths(snapshotDirectory(stack, name)).machine);
    if (reasons.length > 0) throw new UserError(`snapshot ${name} of ${stack} can't be used: ${reasons.join("; ")}`);
    noteBegin(stack, { doing: "restore", snapshot: name, infrastructure });
    await forgetConnections(stack);
    await goOnFrom(stack, machines, options);
    noteEnd(stack);
  } finally {
    machines.states.close();
  }
}

/** The machines as they were kept, and well. */
async function goOnFrom(stack: string, { states, resources }: StackMachines, { tell, signal }: RestoreOptions) {
  tell("making what the machines need");
  for (const resource of resources) {
    if (beside.includes(resource.type)) await makeAgain(resource, signal);
    else await states.recreate(resource);
  }
  tell("bringing the machines back");
  await states.restore();
  tell("waiting for the machines and their software to answer");
  await waitUntilWell(testbedIn(stack, resources), signal);
}

/** Who they lead to has another memory now. */
async function forgetConnections(stack: string): Promise<void> {
  await endSharedConnections(stackDirectory(stack), say);
  shareConnections(stackDirectory(stack), say);
}

/** What the stack's outputs say of the testbed. */
function testbedIn(stack: string, resources: readonly StateResource[]): TestbedOutputs {
  const outputs = resources.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs;
  return readTestbed(outputs?.testbed, stack);
}

/** @throws UserError with why it can't be used. */
export function usableRecord(stack: string, name: string): SnapshotRecord {
  const record = readRecord(stack, name);
  if (record === undefined) {
    throw new UserError(
      `there is no snapshot ${name} of ${stack}; strata snapshot list ${stack} shows those that there are`,
    );
  }
  if (typeof record === "string") throw new UserError(`snapshot ${name} of ${stack} can't be used: ${record}`);
  return record;
}

async function makeAgain({ urn, type, id, inputs, outputs }: StateResource, signal: AbortSignal): Promise<void> {
  const definition = ownDefinitions.find(({ token }) => token === type);
  if (definition === undefined) return;
  const operation = { urn, name: urn.split("::").at(-1) ?? urn, context: null, signal, log: say.bind(undefined) };
  await recreate(definition, operation, id, { inputs: { ...inputs }, outputs: { ...outputs } });
}

/** The stack's keys, passwords and ways to its machines, as they were. */
async function restoreFiles(stack: string, from: string): Promise<void> {
  const directory = stackDirectory(stack);
  await endSharedConnections(directory, say);
  await rm(directory, { recursive: true, force: true });
  await mkdir(dirname(directory), { recursive: true, mode: 0o700 });
  await cp(from, directory, { recursive: true, preserveTimestamps: true });
  await chmod(directory, 0o700);
  shareConnections(directory, say);
}
