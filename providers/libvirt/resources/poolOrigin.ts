import { z } from "zod";
import type { Operation } from "../../kit/crud.ts";
import { ProviderError } from "../../kit/plain/errors.ts";
import { ownerOf, ownerUuid, type Owner } from "../xml/ownership.ts";
import { errorCodes, ifExists, isLibvirtError } from "../rpc/errors.ts";
import type { Libvirt } from "../rpc/libvirt.ts";
import { pools, type PoolRef } from "../rpc/procedures.ts";
import { poolXml, readPool } from "../xml/storage.ts";
import { removeLeft } from "./leftVolumes.ts";
import { plainPath } from "./paths.ts";

export const poolOrigin = z
  .enum(["made", "defined", "found", "imported"])
  .describe(
    'What goes with the resource: "made" (the pool and its directory), "defined" (the pool; its ' +
      'directory was there), "found" (nothing: the pool was there), "imported" (the pool, as the user has ' +
      "said).",
  );

export type PoolOrigin = z.infer<typeof poolOrigin>;

/** What the pool of a resource is known by, and whether its directory was made for it. */
export function poolUuids(owner: Owner): Record<"made" | "defined", string> {
  return { made: ownerUuid(owner, "pool made"), defined: ownerUuid(owner, "pool defined") };
}

/** ENOENT. */
const noSuchFile = 2;

/**
 * Makes a pool of a directory, or uses the one that is there. One that this resource makes has a UUID that says so, and
 * whether the directory was made for it: libvirt keeps nothing else with a pool.
 *
 * @param path as libvirt would write it.
 * @throws ProviderError where another pool has the name.
 */
export async function makePool(
  operation: Operation<Libvirt>,
  name: string,
  path: string,
): Promise<{ ref: PoolRef; origin: PoolOrigin }> {
  const { context, urn } = operation;
  const uuids = poolUuids(ownerOf(urn));
  const existing = (await ifExists(context.call(pools.lookupByName, { name })))?.pool;
  if (existing) await refuseOther(context, existing, path);
  const ours = existing?.uuid === uuids.made || existing?.uuid === uuids.defined;
  if (existing && !ours) {
    await start(context, existing);
    operation.log("info", `pool "${name}" was there before: it is used, and stays when this resource goes`);
    return { ref: existing, origin: "found" };
  }
  const used = existing?.uuid === uuids.made ? undefined : await ofDirectory(existing);
  const ref = used ?? (await madeWithDirectory(existing));
  await context.call(pools.setAutostart, { pool: ref, autostart: true });
  return { ref, origin: used ? "defined" : "made" };

  /** The pool of a directory that is there; undefined where there is none. */
  async function ofDirectory(left: PoolRef | undefined): Promise<PoolRef | undefined> {
    const pool = left ?? (await define(uuids.defined));
    try {
      await start(context, pool);
      return pool;
    } catch (error) {
      await ifExists(context.call(pools.undefine, { pool }));
      if (isLibvirtError(error) && error.errno === noSuchFile) return undefined;
      throw error;
    }
  }

  async function madeWithDirectory(left: PoolRef | undefined): Promise<PoolRef> {
    const pool = left?.uuid === uuids.made ? left : await define(uuids.made);
    const { active } = await context.call(pools.active, { pool });
    if (active) return pool;
    try {
      await context.call(pools.build, { pool, flags: 0 });
      await start(context, pool);
      return pool;
    } catch (error) {
      await ifExists(context.call(pools.undefine, { pool }));
      throw error;
    }
  }

  async function define(uuid: string): Promise<PoolRef> {
    return (await context.call(pools.define, { xml: poolXml({ name, uuid, path }), flags: 0 })).pool;
  }
}

async function start(context: Libvirt, pool: PoolRef): Promise<void> {
  const { active } = await context.call(pools.active, { pool });
  if (!active) await context.call(pools.create, { pool, flags: 0 });
}

async function refuseOther(context: Libvirt, pool: PoolRef, path: string): Promise<void> {
  const facts = readPool((await context.call(pools.xml, { pool, flags: 0 })).xml);
  if (facts.type === "dir" && plainPath(facts.path) === path) return;
  throw new ProviderError(
    `there is already a pool "${facts.name}", of type ${facts.type} in ${facts.path}; choose another name or remove it`,
  );
}

/**
 * Removes of a pool what is this resource's. Where others have put something into it, it stays as it is with that:
 * their machines may run on it.
 */
export async function removePool(operation: Operation<Libvirt>, pool: PoolRef, origin: PoolOrigin): Promise<void> {
  const { context, log } = operation;
  const others = await removeLeft(operation, pool);
  if (origin === "found") return;
  if (others.length > 0) {
    const what =
      others.length > 5 ? `${others.slice(0, 5).join(", ")} and ${others.length - 5} more` : others.join(", ");
    log(
      "warning",
      `pool "${pool.name}" stays, with what others have in it: ${what}; without that, ` +
        `\`virsh pool-destroy\` and \`virsh pool-undefine ${pool.name}\` remove it`,
    );
    return;
  }
  await context.call(pools.destroy, { pool }).catch((error: unknown) => {
    if (!isLibvirtError(error, errorCodes.operationInvalid)) throw error;
  });
  if (origin === "made") await removeDirectory(operation, pool);
  await ifExists(context.call(pools.undefine, { pool }));
}

/** Removes the directory if nothing is left in it: libvirt refuses otherwise. */
async function removeDirectory({ context, log }: Operation<Libvirt>, pool: PoolRef): Promise<void> {
  try {
    await context.call(pools.delete, { pool, flags: 0 });
  } catch (error) {
    if (!isLibvirtError(error)) throw error;
    log("info", `the directory of pool "${pool.name}" stays: ${error.message}`);
  }
}
