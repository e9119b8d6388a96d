import { existsSync, statSync } from "node:fs";
import { userInfo } from "node:os";
import { embeddedHost, leaseFile } from "../../local/embeddedHost.ts";
import { leaseRecord } from "../../local/lease.ts";
import { placeFile, placeHere } from "../../local/place.ts";
import { isStackName, stackDirectory } from "../../local/stateDirectory.ts";
import { experiments, readExperiment } from "../../program/experiment.ts";
import { messageOf } from "../../providers/kit/plain/errors.ts";
import { machinesWithMarks, removeStack } from "../../providers/libvirt/resources/orphan.ts";
import { Libvirt } from "../../providers/libvirt/rpc/libvirt.ts";
import { isFrom } from "../../providers/libvirt/xml/ownership.ts";
import { environmentOfEngine } from "../../setup/pulumi/environment.ts";
import { stackNames } from "../pulumi/run.ts";
import { say } from "../terminal/say.ts";
import type { Leftover, LeftoverKind } from "./leftover.ts";
import { orphansAmong, type Here, type Orphan } from "./orphans.ts";

/** Machines on libvirt hosts of testbeds whose state is gone. */
export const orphanedMachines: LeftoverKind = { name: "orphaned machines", of: "testbeds", list };

async function list(): Promise<Leftover[]> {
  const stacks = environmentOfEngine() === undefined ? [] : await stackNames();
  const found = await Promise.all(hosts(stacks).map((uri) => orphansAt(uri, stacks)));
  return found.flat();
}

/** The machine's own daemon, this state directory's, and those of other machines that an experiment here names. */
function hosts(stacks: readonly string[]): string[] {
  const local = ["qemu:///system", embeddedHost().uri].filter((uri) => existsSync(new Libvirt(uri).socket ?? ""));
  const built = experiments().filter((name) => stacks.includes(name));
  const named = built.flatMap((name) => {
    const { loaded } = readExperiment(name);
    return loaded.ok ? (loaded.spec.provider.hosts ?? []) : [];
  });
  return [...new Set([...local, ...named])];
}

/** What there is at one daemon; one that can't be asked is named, and keeps nothing else from being found. */
export async function orphansAt(uri: string, stacks: readonly string[]): Promise<Leftover[]> {
  const context = new Libvirt(uri);
  try {
    return orphansAmong(await machinesWithMarks(context), here(stacks)).map((orphan) => leftover(uri, orphan, stacks));
  } catch (error) {
    say(`no machines were looked for at ${uri}: ${messageOf(error)}`);
    return [];
  } finally {
    context.close();
  }
}

function leftover(uri: string, orphan: Orphan, stacks: readonly string[]): Leftover {
  const names = orphan.machines.map(({ name }) => name);
  return {
    what: `machines ${names.join(", ")} of a testbed ${orphan.stack} at ${uri}`,
    bytes: 0,
    inUse: orphan.stays,
    why: orphan.why,
    remove: () => remove(uri, orphan, stacks),
  };
}

async function remove(uri: string, { machines }: Orphan, stacks: readonly string[]): Promise<string | undefined> {
  const context = new Libvirt(uri);
  try {
    const uuids = new Set(machines.map(({ uuid }) => uuid));
    const now = (await machinesWithMarks(context)).filter(({ uuid }) => uuids.has(uuid));
    const due = orphansAmong(now, here(stacks)).filter(({ why }) => why !== undefined);
    // Somebody has brought its state back, or removed it.
    if (due.length === 0) return now.length === 0 ? undefined : "it is no orphan any more";
    const left = await removeStack(context, machines, poolBeside);
    for (const sentence of left) say(sentence);
    return undefined;
  } finally {
    context.close();
  }
}

function here(stacks: readonly string[]): Here {
  return {
    state: placeHere(),
    user: userInfo().username,
    nowMs: Date.now(),
    isFromHere: isFrom,
    hasStack: (stack) => stacks.includes(stack) || hasTraces(stack),
    exists: (directory) => existsSync(directory),
  };
}

/** Of a stack whose state is in another backend than the present one, too. */
function hasTraces(stack: string): boolean {
  if (!isStackName(stack)) return true;
  const traces = [stackDirectory(stack), placeFile(stack), leaseRecord(stack), leaseFile(stack)];
  return traces.some((path) => statSync(path, { throwIfNoEntry: false }) !== undefined);
}

/** As components/libvirt/site.ts names the two. */
const poolBeside = (networkUrn: string): string =>
  networkUrn.replace("libvirt:index/network:Network::network", "libvirt:index/pool:Pool::pool");
