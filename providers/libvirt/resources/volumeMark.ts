import { z } from "zod";
import type { Operation } from "../../kit/crud.ts";
import { ProviderError } from "../../kit/plain/errors.ts";
import { ownerDigits, ownerOf, stackDigits, type Owner } from "../xml/ownership.ts";
import { errorCodes, ifExists, isLibvirtError, Unreachable } from "../rpc/errors.ts";
import type { Libvirt } from "../rpc/libvirt.ts";
import { pools, volumes, type PoolRef, type VolumeRef } from "../rpc/procedures.ts";
import { readPool, volumeXml } from "../xml/storage.ts";
import { deleteVolume, findVolume, findVolumeById } from "./volumes.ts";

const ending = /^(.*)\.owner-([0-9a-f]{8})([0-9a-f]{8})$/s;

/** A mark's name, as the state keeps it. */
export const markOutput = z
  .string()
  .optional()
  .describe(
    "Name of the empty volume beside it that says whose it is. None has an imported one, and one that an " +
      "older version made.",
  );

/**
 * libvirt keeps nothing with a volume that could say whose it is. An empty volume by this name stands beside each one of
 * ours, made before it and deleted after it: it goes through libvirt alone, so it is the same on every host and driver.
 */
export function markName(volume: string, urn: string): string {
  return `${volume}.owner-${ownerDigits(ownerOf(urn))}`;
}

/** The volume that a mark of a stack's stands beside; undefined for any other name. @param owner any of its resources. */
export function markedBy(name: string, owner: Owner): { volume: string; digits: string } | undefined {
  const [, volume, stack = "", resource = ""] = ending.exec(name) ?? [];
  return volume !== undefined && stack === stackDigits(owner) ? { volume, digits: stack + resource } : undefined;
}

/** Whether a volume's name is that of a mark, anybody's, beside this one. */
export function isMarkOf(name: string, volume: string): boolean {
  return ending.exec(name)?.[1] === volume;
}

/**
 * Makes a volume that is known to be this resource's at any moment from its beginning on.
 *
 * @param make gets the volume of this name that a killed run of the resource left, whole or not.
 * @returns the volume and the name of its mark; none in a pool that is no directory and has no volumes without a size (LVM).
 * @throws ProviderError where another's volume has the name; it is left as it is.
 */
export async function makeMarked(
  { context, urn }: Operation<Libvirt>,
  pool: PoolRef,
  name: string,
  make: (left: VolumeRef | undefined) => Promise<VolumeRef>,
): Promise<{ ref: VolumeRef; mark: string | undefined }> {
  const mark = markName(name, urn);
  let [left, marked] = await Promise.all([findVolume(context, pool, name), findVolume(context, pool, mark)]);
  if (left && !marked) {
    // libvirt may have lost sight of the mark, until it looks again.
    await look(context, pool);
    [left, marked] = await Promise.all([findVolume(context, pool, name), findVolume(context, pool, mark)]);
  }
  if (left && (!marked || (await markedByOthers(context, pool, name, mark)))) throw taken(context, pool, name);
  // Waited for: it has to be there first, whatever happens in between.
  const made = marked ?? (await makeMark(context, pool, mark));
  try {
    return { ref: await make(left), mark: made && mark };
  } catch (error) {
    // What was cut off stays as it is, for the next run; nothing of what failed does.
    if (error instanceof Unreachable) throw error;
    const other = marked === undefined && isTaken(error);
    if (other || !(await findVolume(context, pool, name))) await deleteVolume(context, made).catch(() => undefined);
    throw other ? taken(context, pool, name) : error;
  }
}

/** Makes a mark anew, whose time then says when the volume that is about to be made was begun. */
export async function renewMark(context: Libvirt, pool: PoolRef, mark: string): Promise<void> {
  await deleteVolume(context, await findVolume(context, pool, mark));
  await context.call(volumes.create, { pool, xml: markXml(mark), flags: 0 });
}

async function makeMark(context: Libvirt, pool: PoolRef, mark: string): Promise<VolumeRef | undefined> {
  try {
    return (await context.call(volumes.create, { pool, xml: markXml(mark), flags: 0 })).volume;
  } catch (error) {
    if (!isLibvirtError(error)) throw error;
    const { type } = readPool((await context.call(pools.xml, { pool, flags: 0 })).xml);
    if (["dir", "fs", "netfs"].includes(type)) throw error;
    return undefined;
  }
}

const markXml = (name: string): string => volumeXml({ name, format: "raw", capacity: 0 });

/** Reads the pool's directory anew. libvirt refuses while a volume is made in it, and reads it then by itself. */
async function look(context: Libvirt, pool: PoolRef): Promise<void> {
  await context.call(pools.refresh, { pool, flags: 0 }).catch((error: unknown) => {
    if (!isLibvirtError(error)) throw error;
  });
}

/** Someone else made it between the look and our turn, or put a file there that libvirt had not seen. */
function isTaken(error: unknown): boolean {
  const { operationFailed, operationInvalid, storageVolumeExists } = errorCodes;
  if (isLibvirtError(error, storageVolumeExists)) return true;
  return isLibvirtError(error, operationFailed, operationInvalid) && error.message.includes("already exists");
}

/** Whether two owners claim a volume: one of them made it after the other had only begun. */
async function markedByOthers(context: Libvirt, pool: PoolRef, name: string, mark: string): Promise<boolean> {
  const { volumes: all } = await context.call(pools.volumes, { pool, needResults: 1, flags: 0 });
  return all.some((volume) => volume.name !== mark && isMarkOf(volume.name, name));
}

function taken(context: Libvirt, pool: PoolRef, name: string): ProviderError {
  return new ProviderError(
    `there is already a volume "${name}" in pool "${pool.name}" at ${context.uri}, which this resource did not make; ` +
      `choose another name, remove it (virsh vol-delete), or take it over with \`pulumi import\``,
  );
}

/** The mark that stands beside a volume of the state's, and may have gone. */
export async function findMark(context: Libvirt, volume: VolumeRef, mark: string): Promise<VolumeRef | undefined> {
  const key = volume.key.slice(0, -volume.name.length) + mark;
  const found = await findVolumeById(context, key);
  if (found) return found;
  const within = await ifExists(context.call(pools.lookupByVolume, { volume }));
  if (within) await look(context, within.pool);
  return findVolumeById(context, key);
}
