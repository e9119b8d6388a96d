import { messageOf, ProviderError } from "../../kit/plain/errors.ts";
import { download, downloadMemory } from "../resources/saveMachine.ts";
import { wakeUp } from "../resources/startCopy.ts";
import { createVolume, deleteVolume, findVolume, volumeFacts } from "../resources/volumes.ts";
import { memory } from "../rpc/memoryProcedures.ts";
import type { VolumeRef } from "../rpc/procedures.ts";
import { fingerprintOf } from "../saved/fingerprint.ts";
import { readHeader, streamOffset } from "../saved/memoryFile.ts";
import { draft, type Draft } from "../saved/store.ts";
import { basename } from "node:path";
import { open } from "node:fs/promises";
import { Together, uninterrupted } from "./hold.ts";
import { isReadable, memoryName, targetOf, type OnMachine, type StateMachine, type Target } from "./target.ts";

export interface SaveOptions {
  /** Directory of this machine that a machine is kept in. */
  directory: (machine: string) => string;
  /** Starts the program that holds a machine still on it ({@link holdProgram}). */
  startHold: (machine: string) => Promise<void>;
  tell: (what: string) => void;
}

/** A machine whose memory has just been written, by which it has ended. */
interface Stopped {
  target: Target;
  volume: VolumeRef;
  kept: Draft;
}

/**
 * Saves machines that run together, all of them at one moment, with memory and disks, and lets them go on.
 *
 * @returns for how many seconds they stood still.
 * @throws ProviderError where one can't be saved: all go on then, and nothing is kept.
 */
export async function saveMachines(
  on: OnMachine,
  machines: readonly StateMachine[],
  { directory, startHold, tell }: SaveOptions,
): Promise<number> {
  const { context } = on;
  const targets = await Promise.all(machines.map((machine) => targetOf(on, machine)));
  const together = new Together(targets.length);
  const stopped: Stopped[] = [];
  let since = performance.now();
  const save = async (target: Target): Promise<void> => {
    const { machine, ref, disk } = target;
    const name = memoryName(machine);
    await deleteVolume(context, await findVolume(context, disk.pool, name));
    const volume = await createVolume(context, disk.pool, { name, format: "raw", capacity: 0 });
    const { path } = await volumeFacts(context, volume);
    const kept = await draft(directory(machine.name));
    const start = () => startHold(machine.name);
    try {
      await together.hold(context, ref, { start, signal: on.signal }, async () => {
        since = performance.now();
        await context.call(memory.save, { domain: ref, to: path, xml: undefined, flags: 0 });
      });
    } catch (error) {
      await kept.drop();
      await deleteVolume(context, volume);
      throw new ProviderError(`machine ${machine.name} can't be saved: ${messageOf(error)}`);
    }
    stopped.push({ target, volume, kept });
  };
  tell("holding the machines still and writing their memory");
  const ends = await Promise.allSettled(targets.map(save));
  const failures = ends.flatMap((end) => (end.status === "rejected" ? [end.reason as unknown] : []));
  try {
    // With their disks as they are now: once they go on, that is over.
    if (failures.length === 0) await settled(stopped.map((one) => keepDisk(on, one)));
  } catch (error) {
    failures.push(error);
  }
  tell("letting them go on");
  await settled(stopped.map((one) => goOn(on, one)));
  const seconds = (performance.now() - since) / 1000;
  try {
    if (failures.length > 0) throw failures[0];
    tell("compressing what was saved");
    await settled(stopped.map((one) => keep(on, one)));
  } catch (error) {
    await Promise.all(stopped.map(({ kept }) => kept.drop()));
    throw error;
  } finally {
    await Promise.all(stopped.map(({ volume }) => deleteVolume(context, volume)));
  }
  return seconds;
}

/** All of them, whatever becomes of the others. @throws the first one's error. */
async function settled(work: Promise<void>[]): Promise<void> {
  for (const end of await Promise.allSettled(work)) {
    if (end.status === "rejected") throw end.reason;
  }
}

async function keepDisk({ context }: OnMachine, { target: { disk }, kept }: Stopped): Promise<void> {
  const { path } = await volumeFacts(context, disk.ref);
  if (await isReadable(context, path)) return kept.copyDisk(path);
  await download(context, disk.ref, (piece) => {
    kept.write("disk.qcow2", piece);
  });
}

async function goOn({ context }: OnMachine, { target: { ref }, volume }: Stopped): Promise<void> {
  const { path } = await volumeFacts(context, volume);
  await context.call(memory.restore, { from: path, xml: undefined, flags: 0 });
  await wakeUp(context, ref, uninterrupted());
}

async function keep({ context }: OnMachine, { target: { definition, disk }, volume, kept }: Stopped): Promise<void> {
  const { capacity, backingPath } = disk.facts;
  const fingerprint = await fingerprintOf(context, definition, { capacity, base: basename(backingPath) });
  const { path } = await volumeFacts(context, volume);
  if (await isReadable(context, path)) {
    const { cookie, offset } = readHeader(await startOf(path));
    await kept.keep({ fingerprint, cookie }, { path, start: offset });
    return;
  }
  const cookie = await downloadMemory(context, volume, (piece) => {
    kept.write("memory", piece);
  });
  await kept.keep({ fingerprint, cookie });
}

async function startOf(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const start = Buffer.alloc(4 * streamOffset);
    const { bytesRead } = await file.read(start, 0, start.length, 0);
    return start.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
