import { basename } from "node:path";
import type { Operation } from "../../kit/crud.ts";
import { messageOf, ProviderError } from "../../kit/plain/errors.ts";
import { Unreachable } from "../rpc/errors.ts";
import type { Libvirt } from "../rpc/libvirt.ts";
import { memory } from "../rpc/memoryProcedures.ts";
import { domains, pools, volumes, type DomainRef, type VolumeRef } from "../rpc/procedures.ts";
import { differences, fingerprintOf } from "../saved/fingerprint.ts";
import { writeHeader } from "../saved/memoryFile.ts";
import { isUntouched, renameBacking, startBytes } from "../saved/qcow2.ts";
import { withMemory } from "../saved/memoryFiles.ts";
import { diskStream, readSaved, removeStale, type Saved } from "../saved/store.ts";
import { identityChannel, wake } from "../saved/wake.ts";
import { readXml } from "../xml/document.ts";
import type { DomainDefinition } from "../xml/domain.ts";
import { xmlOf } from "./domainFacts.ts";
import { powerOff } from "./power.ts";
import { removeSaving, saveMachine, type DiskOf } from "./saveMachine.ts";
import { findVolumeById, uploadVolume, volumeFacts } from "./volumes.ts";

/** Longest wait for a copy to say that it is itself: it runs already, and starts two dozen programs. */
const wakeLimitMs = 300_000;

/** What is being found or made, by its directory. */
const making = new Map<string, Promise<Saved>>();

/** Whoever needs one that is being made waits for that. */
function oneAtATime(directory: string, make: () => Promise<Saved>): Promise<Saved> {
  const known = making.get(directory) ?? make().finally(() => making.delete(directory));
  making.set(directory, known);
  return known;
}

/**
 * Starts a machine that is defined, and has never run, as a copy of one that was saved with its memory.
 *
 * @param directory of this machine, where that one is kept; it is made where it is not there, or can't be used any more.
 * @returns whether it runs. Where it could not be, a line at the resource says why, and it can be booted.
 */
export async function startCopy(
  operation: Operation<Libvirt>,
  ref: DomainRef,
  definition: DomainDefinition,
  directory: string,
): Promise<boolean> {
  const { context, log, signal } = operation;
  try {
    const disk = await diskOf(context, definition);
    await removeSaving(operation, definition.name, disk.pool);
    const saved = await oneAtATime(directory, () => savedOf(operation, definition, disk, directory));
    await startSaved(operation, ref, disk, saved);
    return true;
  } catch (error) {
    if (error instanceof Unreachable || signal.aborted) throw error;
    log("warning", `${ref.name} is booted, as it can't start from a prepared machine: ${messageOf(error)}`);
    await powerOff(context, ref);
    return false;
  }
}

/**
 * Starts a machine with the memory and the disk that were saved, and tells it what time it is.
 *
 * @param disk its own, into which nothing has been written yet.
 */
export async function startSaved(
  { context, signal }: Operation<Libvirt>,
  ref: DomainRef,
  disk: OwnDisk,
  saved: Saved,
): Promise<void> {
  await fillDisk(context, disk, saved);
  const header = writeHeader(await xmlOf(context, ref), saved.cookie);
  await withMemory(saved, header, async (from) => {
    await context.call(memory.restore, { from, xml: undefined, flags: 0 });
  });
  await wakeUp(context, ref, signal);
}

/** Lets a machine go on that has just been started with its memory: it waits for the time. */
export async function wakeUp(context: Libvirt, { uuid }: DomainRef, signal: AbortSignal): Promise<void> {
  const { domain } = await context.call(domains.lookupByUuid, { uuid });
  await context.channel(domain, identityChannel, signal, (channel) => wake(channel, uuid, wakeLimitMs));
}

/**
 * Wakes a copy that a killed run has started and not told who it is: its end of the port is still open.
 *
 * @throws ProviderError where it takes no identity.
 */
export async function wakeLeft({ context, signal }: Operation<Libvirt>, ref: DomainRef): Promise<void> {
  const ports =
    readXml("domain", await xmlOf(context, ref, "live"))
      .at("devices")
      ?.all("channel") ?? [];
  const waits = ports
    .map((port) => port.at("target"))
    .some((target) => target?.attribute("name") === identityChannel && target.attribute("state") === "connected");
  if (!waits) return;
  await context.channel(ref, identityChannel, signal, (channel) => wake(channel, ref.uuid, wakeLimitMs));
}

/** A machine's first disk, an overlay. */
export type OwnDisk = DiskOf & { ref: VolumeRef };

export async function diskOf(context: Libvirt, definition: DomainDefinition): Promise<OwnDisk> {
  const ref = await findVolumeById(context, definition.disks[0]?.path ?? "");
  const facts = ref && (await volumeFacts(context, ref));
  if (!ref || facts?.backingPath === undefined) throw new ProviderError("its first disk is no overlay of an image");
  const { pool } = await context.call(pools.lookupByVolume, { volume: ref });
  return { ref, pool, facts: { ...facts, backingPath: facts.backingPath } };
}

/** The saved machine: found in its directory, or made. */
async function savedOf(
  operation: Operation<Libvirt>,
  definition: DomainDefinition,
  disk: DiskOf,
  directory: string,
): Promise<Saved> {
  const { context, log } = operation;
  const { capacity, backingPath } = disk.facts;
  const fingerprint = await fingerprintOf(context, definition, { capacity, base: basename(backingPath) });
  await removeStale(directory);
  const found = await readSaved(directory);
  const reason = typeof found === "object" ? differences(found.fingerprint, fingerprint).join(", ") : found;
  if (typeof found === "object" && reason === "") return found;
  if (reason !== undefined)
    log("info", `a machine is prepared anew, as the one in ${directory} can't be used: ${reason}`);
  return saveMachine(operation, definition, disk, fingerprint, directory);
}

/**
 * Gives the disk what the saved one had in it. The memory holds what the file systems looked like then: on a disk that was
 * written to since it would destroy them.
 */
async function fillDisk(context: Libvirt, { ref, facts }: OwnDisk, saved: Saved): Promise<void> {
  const pieces: Buffer[] = [];
  const part = { volume: ref, offset: 0, length: Math.min(startBytes, facts.physical ?? startBytes), flags: 0 };
  await context.receive(volumes.download, part, (piece) => {
    pieces.push(piece);
    return true;
  });
  if (!isUntouched(Buffer.concat(pieces))) throw new ProviderError("its disk has been written to already");
  async function* content(): AsyncGenerator<Buffer> {
    let first = true;
    for await (const piece of diskStream(saved)) {
      if (first) renameBacking(piece, facts.backingPath);
      first = false;
      yield piece;
    }
  }
  await uploadVolume(context, ref, content(), saved.disk.bytes);
}
