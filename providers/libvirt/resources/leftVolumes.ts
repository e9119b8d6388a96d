import type { Operation } from "../../kit/crud.ts";
import { ifExists, isLibvirtError } from "../rpc/errors.ts";
import type { Libvirt } from "../rpc/libvirt.ts";
import { pools, type PoolRef, type VolumeRef } from "../rpc/procedures.ts";
import { ownerOf, type Owner } from "../xml/ownership.ts";
import { incompleteName } from "./upload.ts";
import { isMarkOf, markedBy } from "./volumeMark.ts";
import { deleteVolume } from "./volumes.ts";

/**
 * Removes from a pool what runs of this resource's stack that were killed have left and nobody went on with: marks
 * without their volume, and uploads that are incomplete. A whole volume stays: it may be meant to (retainOnDelete).
 *
 * @returns the names of what is left in it.
 */
export async function removeLeft({ context, urn }: Operation<Libvirt>, pool: PoolRef): Promise<string[]> {
  return removeMarked(context, pool, ownerOf(urn), "left");
}

/**
 * The same for a stack by any of its resources.
 *
 * @param which "left" as above; "all": whole volumes, too.
 */
export async function removeMarked(
  context: Libvirt,
  pool: PoolRef,
  owner: Owner,
  which: "left" | "all",
): Promise<string[]> {
  // What was put into the directory past libvirt is seen by a look only. It is refused where the directory has gone.
  await ifExists(context.call(pools.refresh, { pool, flags: 0 })).catch(ignoreRefusal);
  const all = await list(context, pool);
  const rest = new Map(all.map((volume) => [volume.name, volume]));
  const remove = async (name: string): Promise<void> => {
    const volume = rest.get(name);
    rest.delete(name);
    await deleteVolume(context, volume);
  };
  for (const { name } of all) {
    const marked = markedBy(name, owner);
    if (!marked) continue;
    const incomplete = incompleteName(marked.volume, marked.digits);
    // A run that was killed before it made the volume has left room for another's.
    const another = all.some((volume) => volume.name !== name && isMarkOf(volume.name, marked.volume));
    if (which === "left" && rest.has(marked.volume) && !rest.has(incomplete) && !another) continue;
    if (!another) await remove(marked.volume);
    await remove(`${marked.volume}.source-${marked.digits}`);
    await remove(incomplete);
    await remove(name);
  }
  return [...rest.keys()];
}

async function list(context: Libvirt, pool: PoolRef): Promise<VolumeRef[]> {
  try {
    return (await context.call(pools.volumes, { pool, needResults: 1, flags: 0 })).volumes;
  } catch (error) {
    // The pool is down.
    ignoreRefusal(error);
    return [];
  }
}

function ignoreRefusal(error: unknown): void {
  if (!isLibvirtError(error)) throw error;
}
