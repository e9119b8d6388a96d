import type { Operation } from "../../kit/crud.ts";
import { messageOf, ProviderError } from "../../kit/errors.ts";
import { ifExists, isLibvirtError, Unreachable } from "../rpc/errors.ts";
import type { Libvirt } from "../rpc/libvirt.ts";
import { pools, type PoolRef, type VolumeRef } from "../rpc/procedures.ts";
import type { VolumeDefinition } from "../xml/storage.ts";
import { checksums, matchingBytes } from "./checksums.ts";
import { readSource, type SourceFile } from "./source.ts";
import { createVolume, deleteVolume, findVolume, uploadVolume, volumeFacts } from "./volumes.ts";

const markerEnding = ".incomplete";

/**
 * While a file is uploaded to volume X there is an empty volume by this name beside it. Where a run that was cut off left
 * it, X is incomplete; a finished X has none.
 */
export const markerName = (name: string): string => name + markerEnding;

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
  const { context, log } = operation;
  const sums = await checksums(readSource(source));
  const marker = await findVolume(context, pool, markerName(definition.name));
  const left = marker && (await goOn(operation, pool, definition, source, sums));
  const made = marker ?? (await createVolume(context, pool, emptyMarker(definition.name)));
  const { ref, offset } = left ?? { ref: await createVolume(context, pool, definition), offset: 0 };
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

const emptyMarker = (name: string): VolumeDefinition => ({ name: markerName(name), format: "raw", capacity: 0 });

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

/** Removes what uploads that nobody went on with have left in a pool. */
export async function removeIncomplete(context: Libvirt, pool: PoolRef): Promise<void> {
  const listed = context.call(pools.volumes, { pool, needResults: 1, flags: 0 });
  const { volumes: found } = await listed.catch((error: unknown) => {
    // The pool is down.
    if (isLibvirtError(error)) return { volumes: [] };
    throw error;
  });
  for (const marker of found) {
    if (!marker.name.endsWith(markerEnding)) continue;
    // One with something in it is another's file.
    if ((await ifExists(volumeFacts(context, marker)))?.capacity !== 0) continue;
    const name = marker.name.slice(0, -markerEnding.length);
    await deleteVolume(
      context,
      found.find((volume) => volume.name === name),
    );
    await deleteVolume(context, marker);
  }
}
