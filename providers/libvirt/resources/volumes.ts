import { ProviderError } from "../../kit/plain/errors.ts";
import { errorCodes, ifExists, isLibvirtError } from "../rpc/errors.ts";
import type { Libvirt } from "../rpc/libvirt.ts";
import { pools, volumes, type PoolRef, type VolumeRef } from "../rpc/procedures.ts";
import { readPool, readVolume, volumeXml, type VolumeDefinition, type VolumeFacts } from "../xml/storage.ts";

/** How long a volume that has just been made may be missing from libvirt's list. */
const listingSeconds = 20;

export async function findPool(context: Libvirt, name: string): Promise<PoolRef> {
  const found = await ifExists(context.call(pools.lookupByName, { name }));
  if (found) return found.pool;
  throw new ProviderError(`pool: there is no storage pool "${name}" at ${context.uri}; make one with libvirt.Pool`);
}

export async function findVolume(context: Libvirt, pool: PoolRef, name: string): Promise<VolumeRef | undefined> {
  return (await ifExists(context.call(volumes.lookupByName, { pool, name })))?.volume;
}

export async function findVolumeById(context: Libvirt, key: string): Promise<VolumeRef | undefined> {
  return (await ifExists(context.call(volumes.lookupByKey, { key })))?.volume;
}

export async function volumeFacts(context: Libvirt, volume: VolumeRef): Promise<VolumeFacts> {
  return readVolume((await context.call(volumes.xml, { volume, flags: 0 })).xml);
}

/**
 * Makes a volume and waits until libvirt lists it. At the end of every upload libvirt reads the pool's directory anew,
 * and a volume whose file is not there yet at that moment drops out of its list although the file is made just after.
 */
export async function createVolume(context: Libvirt, pool: PoolRef, definition: VolumeDefinition): Promise<VolumeRef> {
  const { volume } = await context.call(volumes.create, { pool, xml: volumeXml(definition), flags: 0 });
  const deadline = Date.now() + listingSeconds * 1000;
  while (!(await findVolumeById(context, volume.key))) {
    if (Date.now() > deadline) {
      throw new ProviderError(
        `volume "${definition.name}" was made but libvirt does not list it within ${listingSeconds} s`,
      );
    }
    // Refused while another volume is being made: then that one's end is waited for.
    await context.call(pools.refresh, { pool, flags: 0 }).catch((error: unknown) => {
      if (!isLibvirtError(error)) throw error;
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return volume;
}

/** Deletes a volume if it is there; its pool may be gone too. */
export async function deleteVolume(context: Libvirt, volume: VolumeRef | undefined): Promise<void> {
  if (!volume) return;
  const deadline = Date.now() + listingSeconds * 1000;
  for (;;) {
    try {
      await ifExists(context.call(volumes.delete, { volume, flags: 0 }));
      return;
    } catch (error) {
      // Still being read or made, by an operation that is about to end.
      if (!isLibvirtError(error, errorCodes.operationInvalid) || Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

/**
 * Writes data into a volume and checks that all of it was taken. Volumes of libvirt's test driver have no content to
 * write.
 *
 * @param bytes what the volume has in it at the end.
 * @param offset where to begin; what is before it is there already.
 */
export async function uploadVolume(
  context: Libvirt,
  volume: VolumeRef,
  data: AsyncIterable<Buffer>,
  bytes: number,
  { offset = 0, progress }: { offset?: number; progress?: (sent: number) => void } = {},
): Promise<void> {
  if (context.isTest) return;
  const sent = await context.send(volumes.upload, { volume, offset, length: 0, flags: 0 }, data, progress);
  if (offset + sent !== bytes) {
    throw new ProviderError(
      `${sent} bytes were uploaded to volume "${volume.name}", and ${bytes - offset} were expected; the source changed meanwhile`,
    );
  }
  await refuseCutOff(context, volume, bytes);
}

/**
 * libvirt writes behind the stream's back, and where the disk is full by then it may confirm the end of a stream whose
 * last bytes were not written (9.0: 24 of 200 uploads of 3 MB into 2 MB). They take no room then; on a file system that
 * compresses they need not either, but that has room left for them.
 *
 * @throws ProviderError when they are missing.
 */
async function refuseCutOff(context: Libvirt, volume: VolumeRef, bytes: number): Promise<void> {
  const missing = bytes - (await volumeFacts(context, volume)).allocation;
  if (missing <= 0) return;
  const pool = await findPool(context, volume.pool);
  // What libvirt knows of the pool's room is of its last look. It refuses one while a volume is being made, and looks then.
  await context.call(pools.refresh, { pool, flags: 0 }).catch((error: unknown) => {
    if (!isLibvirtError(error)) throw error;
  });
  const { available } = readPool((await context.call(pools.xml, { pool, flags: 0 })).xml);
  if (available >= missing) return;
  throw new ProviderError(
    `No space left on device: ${missing} of the ${bytes} bytes of volume "${volume.name}" were not written, and pool ` +
      `"${pool.name}" has room for ${available} more; make room and try again`,
  );
}
