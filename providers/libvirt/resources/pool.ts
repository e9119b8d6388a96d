import { z } from "zod";
import { resource, type Operation } from "../../kit/crud.ts";
import { ProviderError } from "../../kit/errors.ts";
import { errorCodes, ifExists, isLibvirtError } from "../rpc/errors.ts";
import type { Libvirt } from "../rpc/libvirt.ts";
import { pools, type PoolRef } from "../rpc/procedures.ts";
import { poolXml, readPool, type PoolFacts } from "../xml/storage.ts";
import { objectName } from "./names.ts";
import { poolRefusals } from "./refusals.ts";
import { removeIncomplete } from "./upload.ts";

const inputs = z.strictObject({
  name: objectName,
  type: z.literal("dir", { message: 'only directories are supported; write "dir"' }),
  target: z.strictObject({ path: z.string().regex(/^\/./, "write an absolute path") }),
});

type PoolInputs = z.infer<typeof inputs>;
interface PoolOutputs {
  capacity: number;
  allocation: number;
  available: number;
}

/** A directory on the host that holds disks. */
export const pool = resource<PoolInputs, PoolOutputs, Libvirt>({
  token: "libvirt:index/pool:Pool",
  inputs,
  refused: poolRefusals,
  complete: (given, { name }) => ({ name, ...given }),
  replaceOn: ["name", "type", "target"],

  async create({ context }, given) {
    const ref = await findOrDefine(context, given);
    const { active } = await context.call(pools.active, { pool: ref });
    if (!active) {
      await context.call(pools.build, { pool: ref, flags: 0 });
      await context.call(pools.create, { pool: ref, flags: 0 });
    }
    await context.call(pools.setAutostart, { pool: ref, autostart: true });
    return { id: ref.uuid, outputs: outputsOf(await factsOf(context, ref)) };
  },

  async read({ context }, id, state) {
    const ref = (await ifExists(context.call(pools.lookupByUuid, { uuid: id })))?.pool;
    if (!ref) return undefined;
    const { active } = await context.call(pools.active, { pool: ref });
    // As with networks: a pool that is down counts as gone, and create starts it again.
    if (!active && state.inputs.name !== undefined) return undefined;
    const facts = await factsOf(context, ref);
    if (facts.type !== "dir") {
      throw new ProviderError(`pool "${facts.name}" is of type ${facts.type}; only directories (dir) are supported`);
    }
    // Free space changes all the time: the state keeps what it was, so that a refresh shows no change of it.
    const outputs = { ...outputsOf(facts), ...state.outputs };
    return { inputs: { name: facts.name, type: "dir", target: { path: facts.path } }, outputs };
  },

  async delete(operation, id) {
    const { context } = operation;
    const ref = (await ifExists(context.call(pools.lookupByUuid, { uuid: id })))?.pool;
    if (!ref) return;
    await removeIncomplete(context, ref);
    await context.call(pools.destroy, { pool: ref }).catch((error: unknown) => {
      if (!isLibvirtError(error, errorCodes.operationInvalid)) throw error;
    });
    await removeDirectory(operation, ref);
    await ifExists(context.call(pools.undefine, { pool: ref }));
  },
});

async function findOrDefine(context: Libvirt, given: PoolInputs): Promise<PoolRef> {
  const existing = (await ifExists(context.call(pools.lookupByName, { name: given.name })))?.pool;
  if (!existing)
    return (await context.call(pools.define, { xml: poolXml({ name: given.name, path: given.target.path }), flags: 0 }))
      .pool;
  const facts = await factsOf(context, existing);
  if (facts.type === given.type && facts.path === given.target.path) return existing;
  throw new ProviderError(
    `there is already a pool "${given.name}", of type ${facts.type} in ${facts.path}; choose another name or remove it`,
  );
}

/** Removes the directory if nothing is left in it. What others put there stays, and so does the directory then. */
async function removeDirectory({ context, log }: Operation<Libvirt>, ref: PoolRef): Promise<void> {
  try {
    await context.call(pools.delete, { pool: ref, flags: 0 });
  } catch (error) {
    if (!isLibvirtError(error)) throw error;
    log("info", `the directory of pool "${ref.name}" stays: ${error.message}`);
  }
}

async function factsOf(context: Libvirt, ref: PoolRef): Promise<PoolFacts> {
  return readPool((await context.call(pools.xml, { pool: ref, flags: 0 })).xml);
}

function outputsOf({ capacity, allocation, available }: PoolFacts): PoolOutputs {
  return { capacity, allocation, available };
}
