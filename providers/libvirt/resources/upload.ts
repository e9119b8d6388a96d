import type { Operation } from "../../kit/crud.ts";
import { messageOf, ProviderError } from "../../kit/plain/errors.ts";
import { ownerDigits, ownerOf } from "../xml/ownership.ts";
import { Unreachable } from "../rpc/errors.ts";
import type { Libvirt } from "../rpc/libvirt.ts";
import type { PoolRef, VolumeRef } from "../rpc/procedures.ts";
import type { VolumeDefinition } from "../xml/storage.ts";
import { checksums, matchingBytes } from "./checksums.ts";
import { readSource, type SourceFile } from "./source.ts";
import { createVolume, deleteVolume, findVolume, uploadVolume, volumeFacts } from "./volumes.ts";

/**
 * While a file is uploaded to volume X there is an empty volume by this name beside it. Where a run of this resource that
 * was cut off left it, X is incomplete; a finished X has none.
 */
export const markerName = (volume: string, urn: string): string => incompleteName(volume, ownerDigits(ownerOf(urn)));
export const incompleteName = (volume: string, digits: string): string => `${volume}.incomplete-${digits}`;

/**
 * Makes a volume with a source's content. It goes on where an upload was cut off, after as much as is found to be right
 * there, and compares the whole with the source in the end.
 *
 * @throws Unreachable when it is cut off: what is there stays. ProviderError when it failed: nothing stays to take room.
 */
export async function uploadSource(
  operation: Operation<Libvirt>,
  pool: PoolRef,
  definition: VolumeDefinition,
  source: SourceFile,
): Promise<VolumeRef> {
  const { context, log, urn } = operation;
  const sums = await checksums(readSource(source));
  const incomplete = markerName(definition.name, urn);
  const marker = await findVolume(context, pool, incomplete);
  const left = marker && (await goOn(operation, pool, definition, source, sums));
  const made = marker ?? (await createVolume(context, pool, { name: incomplete, format: "raw", capacity: 0 }));
  const { ref, offset } = left ?? { ref: await begin(context, pool, definition, made), offset: 0 };
  const percentOf = (bytes: number): number => Math.floor((bytes / source.bytes) * 100);
  if (offset > 0) log("info", `${percentOf(offset)} % of ${source.path} is there already, and right`);
  let shown = percentOf(offset);
  const progress = (sent: number): void => {
    const percent = percentOf(offset + sent);
    if (percent < shown + 10) return;
    shown = percent;
    log("info", `uploading ${source.path}: ${percent} %`, true);
  };
  try {
    await uploadVolume(context, ref, readSource(source, offset), source.bytes, { offset, progress });
    const same = await matchingBytes(operation, ref, source.bytes, sums);
    if (same < source.bytes) {
      throw new ProviderError(
        `volume "${ref.name}" has not come out as ${source.path} is: they differ after byte ${same}; ` +
          `see that nobody changes the file, and try again; if it stays so, the host's disk or memory is faulty`,
      );
    }
  } catch (error) {
    if (error instanceof Unreachable) {
      throw new Unreachable(`${messageOf(error)}; what was uploaded stays there, and the next update goes on after it`);
    }
    // A full disk, or a source that can't be read.
    await deleteVolume(context, ref).then(
      () => deleteVolume(context, made),
      () => undefined,
    );
    throw error;
  }
  await deleteVolume(context, made);
  return ref;
}

/** Makes the volume that is uploaded to. Where that fails, nothing is incomplete. */
async function begin(
  context: Libvirt,
  pool: PoolRef,
  definition: VolumeDefinition,
  marker: VolumeRef,
): Promise<VolumeRef> {
  try {
    return await createVolume(context, pool, definition);
  } catch (error) {
    if (!(error instanceof Unreachable)) await deleteVolume(context, marker).catch(() => undefined);
    throw error;
  }
}

/** What an upload that was cut off has left that is right, from its start on; what is none of it is removed. */
async function goOn(
  operation: Operation<Libvirt>,
  pool: PoolRef,
  { name, format, capacity }: VolumeDefinition,
  source: SourceFile,
  sums: readonly string[],
): Promise<{ ref: VolumeRef; offset: number } | undefined> {
  const { context } = operation;
  const ref = await findVolume(context, pool, name);
  if (!ref) return undefined;
  // A raw volume has its size from the beginning; that of a qcow2 image is in what is uploaded.
  const fits = format === "qcow2" || (await volumeFacts(context, ref)).capacity === capacity;
  const offset = fits ? await matchingBytes(operation, ref, source.bytes, sums) : 0;
  if (offset > 0) return { ref, offset };
  await deleteVolume(context, ref);
  return undefined;
}

/**
 * Whether a volume that is whole holds what a source has in it: byte for byte, or as its machine has changed it since
 * (then the source is older than the volume's mark).
 */
export async function holdsSource(
  operation: Operation<Libvirt>,
  pool: PoolRef,
  volume: VolumeRef,
  source: SourceFile,
  mark: string,
): Promise<boolean> {
  const { context } = operation;
  const sums = await checksums(readSource(source));
  if ((await matchingBytes(operation, volume, source.bytes, sums)) === source.bytes) return true;
  const begun = await findVolume(context, pool, mark);
  const { modifiedMs = 0 } = begun ? await volumeFacts(context, begun) : {};
  return source.changedMs < modifiedMs;
}
