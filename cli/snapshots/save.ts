import { mkdirSync } from "node:fs";
import { cp, mkdir, rename, rm } from "node:fs/promises";
import { testbedOfStack } from "../../benchmarks/stack.ts";
import { freeBytes } from "../../artifacts/store/diskSpace.ts";
import { recordedPlace, placeHere } from "../../local/place.ts";
import { snapshotsDirectory, stackDirectory, stateDirectory } from "../../local/stateDirectory.ts";
import { writeWhole } from "../../local/writeWhole.ts";
import { originOf } from "../../providers/kit/plain/origin.ts";
import { pulumiOutput } from "../pulumi/run.ts";
import { UserError } from "../terminal/userError.ts";
import { passingDirectory, snapshotDirectory, snapshotPaths } from "./folder.ts";
import { startOn } from "./hold.ts";
import { noteBegin, noteEnd } from "./interrupted.ts";
import { machinesOf } from "./machineStates.ts";
import { sha256, type SnapshotRecord } from "./record.ts";
import { isPending } from "./stateResources.ts";

export interface SaveOptions {
  /** Of one that Strata makes by itself: hash of all that the testbed came from. */
  key?: string;
  tell: (what: string) => void;
  signal: AbortSignal;
}

/**
 * Saves a testbed that is up with its machines' memory, under a name; one of that name is replaced. For who has the testbed.
 *
 * @returns for how many seconds it stood still.
 * @throws UserError where it can't be saved: it goes on then as it was.
 */
export async function saveSnapshot(stack: string, name: string, { key, tell, signal }: SaveOptions): Promise<number> {
  const testbed = await testbedOfStack(stack, signal);
  const directory = snapshotDirectory(stack, name);
  const passing = passingDirectory(stack, name);
  const paths = snapshotPaths(passing);
  const state = await pulumiOutput(["stack", "export", "--stack", stack]);
  if (isPending(state)) throw new UserError(`testbed ${stack} is not whole; finish it: strata up ${stack}`);
  const { kind } = testbed.provider;
  const { states } = await machinesOf(stack, kind, signal);
  try {
    mkdirSync(snapshotsDirectory(stack), { recursive: true, mode: 0o700 });
    requireRoom(snapshotsDirectory(stack), states.mostBytes);
    await rm(passing, { recursive: true, force: true });
    noteBegin(stack, { doing: "save", snapshot: name, infrastructure: kind });
    await mkdir(passing, { mode: 0o700 });
    const start = (machine: string) => startOn(stack, machine, states.holdProgram, signal);
    const stillSeconds = await states.save(paths.machine, start, tell);
    await cp(stackDirectory(stack), paths.files, { recursive: true, preserveTimestamps: true });
    writeWhole(paths.state, state, 0o600);
    const record: SnapshotRecord = {
      ...{ form: 1, stack, createdAt: new Date().toISOString(), origin: originOf(stateDirectory()) },
      place: recordedPlace(stack) ?? { id: placeHere() },
      infrastructure: kind,
      ...(key === undefined ? {} : { key }),
      machines: [...states.machines],
      stillSeconds: Math.round(stillSeconds * 10) / 10,
      state: sha256(state),
    };
    // Last: a folder without it is no snapshot.
    writeWhole(paths.record, `${JSON.stringify(record, null, 2)}\n`, 0o600);
    await rm(directory, { recursive: true, force: true });
    await rename(passing, directory);
    noteEnd(stack);
    return stillSeconds;
  } catch (error) {
    await rm(passing, { recursive: true, force: true });
    // One that could not go on has its memory on its host still, and the next command tries again.
    await states.goOn();
    noteEnd(stack);
    throw error;
  } finally {
    states.close();
  }
}

function requireRoom(directory: string, bytes: number): void {
  const free = freeBytes(directory);
  if (free >= bytes) return;
  const gib = (count: number): string => `${(count / 2 ** 30).toFixed(1)} GiB`;
  throw new UserError(
    `saving it may take ${gib(bytes)}, and ${directory} has ${gib(free)} left; make room (strata snapshot remove, strata gc)`,
  );
}
