import { z } from "zod";
import { resource } from "../../kit/crud.ts";
import { ProviderError } from "../../kit/plain/errors.ts";
import { ifExists } from "../rpc/errors.ts";
import type { Libvirt } from "../rpc/libvirt.ts";
import { pools, type PoolRef } from "../rpc/procedures.ts";
import { readPool, type PoolFacts } from "../xml/storage.ts";
import { objectName } from "./names.ts";
import { makePool, poolOrigin, removePool } from "./poolOrigin.ts";
import { plainPath } from "./paths.ts";
import { poolRefusals } from "./refusals.ts";
import { withoutUnset } from "./unset.ts";

const target = z
  .strictObject({
    path: z.string().regex(/^\/./, "write an absolute path").describe("Absolute path of the directory on the host."),
  })
  .meta({ id: "libvirt:index/PoolTarget:PoolTarget", description: "Where a pool is." });

const inputs = z.strictObject({
  name: objectName.describe("Name in libvirt. Default: the resource's name."),
  type: z.literal("dir", { message: 'only directories are supported; write "dir"' }).describe('Only "dir".'),
  target: target.describe("Where it is."),
});

export type PoolInputs = z.infer<typeof inputs>;

const outputs = z.strictObject({
  capacity: z.int().describe("Size of the file system, bytes."),
  allocation: z.int().describe("Used space of the file system, bytes."),
  available: z.int().describe("Free space of the file system, bytes."),
  // Absent: an older version made or used it, and the state's word counts.
  origin: poolOrigin.optional(),
});

type PoolOutputs = z.infer<typeof outputs>;

export const pool = resource<PoolInputs, PoolOutputs, Libvirt>({
  token: "libvirt:index/pool:Pool",
  description:
    "A directory on the host that holds disks. A pool of this name and directory that was there is used, " +
    "and left. One that was not is made, with the directory if that is missing, and removed at the end " +
    "if nothing of others is in it.",
  inputs,
  outputs,
  refused: poolRefusals,
  complete: (given, { name }) => ({ name, ...withoutUnset(given, ["type", "target"]) }),
  replaceOn: ["name", "type", "target"],
  inPlace: (key, olds, news) => key === "target" && samePath(olds, news),

  async create(operation, given) {
    const { ref, origin } = await makePool(operation, given.name, plainPath(given.target.path));
    return { id: ref.uuid, outputs: { ...sizes(await factsOf(operation.context, ref)), origin } };
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
    const found: PoolInputs = { name: facts.name, type: "dir", target: { path: facts.path } };
    const { inputs: known, outputs } = state;
    const imported = known.name === undefined ? { origin: "imported" as const } : {};
    return {
      inputs: known.target && samePath(known, found) ? { ...found, target: known.target } : found,
      // Free space changes all the time: the state keeps what it was, so that a refresh shows no change of it.
      outputs: { ...sizes(facts), ...imported, ...outputs },
    };
  },

  // The same directory, written in another way.
  update: (_operation, _id, _given, { outputs }) => Promise.resolve({ outputs }),

  async delete(operation, id, { outputs }) {
    const { context } = operation;
    const ref = (await ifExists(context.call(pools.lookupByUuid, { uuid: id })))?.pool;
    if (ref) await removePool(operation, ref, outputs.origin ?? "made");
  },
});

function samePath(a: Partial<PoolInputs>, b: Partial<PoolInputs>): boolean {
  return a.target !== undefined && b.target !== undefined && plainPath(a.target.path) === plainPath(b.target.path);
}

async function factsOf(context: Libvirt, ref: PoolRef): Promise<PoolFacts> {
  return readPool((await context.call(pools.xml, { pool: ref, flags: 0 })).xml);
}

function sizes({ capacity, allocation, available }: PoolFacts): PoolOutputs {
  return { capacity, allocation, available };
}
