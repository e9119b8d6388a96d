import { z } from "zod";
import { resource, type Operation } from "../../kit/crud.ts";
import { ProviderError } from "../../kit/plain/errors.ts";
import type { Libvirt } from "../rpc/libvirt.ts";
import type { PoolRef, VolumeRef } from "../rpc/procedures.ts";
import type { VolumeDefinition, VolumeFacts } from "../xml/storage.ts";
import { volumeRefusals } from "./refusals.ts";
import { deleteOwn, readOwn } from "./ownVolume.ts";
import {
  dropShared,
  shareSource,
  sharesSource,
  sharesStill,
  verifyContent,
  type KnownContent,
} from "./sharedSource.ts";
import { inspectSource, type SourceFile } from "./source.ts";
import { holdsSource, markerName, uploadSource } from "./upload.ts";
import { withoutUnset } from "./unset.ts";
import { volumeInputs, type VolumeInputs } from "./volumeInputs.ts";
import { makeMarked, markName, markOutput, renewMark } from "./volumeMark.ts";
import { createVolume, deleteVolume, findPool, findVolume, findVolumeById, volumeFacts } from "./volumes.ts";

const outputs = z.strictObject({
  format: z.string().describe('"qcow2" or "raw".'),
  size: z.int().describe("Size that a machine sees, bytes."),
  mark: markOutput,
});

type VolumeOutputs = z.infer<typeof outputs>;

/** Every change makes a new one, but for what comes to be known of a source. */
export const volume = resource<VolumeInputs, VolumeOutputs, Libvirt>({
  token: "libvirt:index/volume:Volume",
  description:
    "A disk in a pool: empty, a copy of a local file, or an overlay of another volume. Its id is its key " +
    "in libvirt: in a directory, its path.",
  inputs: volumeInputs,
  outputs,
  refused: volumeRefusals,
  complete: (given, { name }) => ({ name, pool: "default", ...withoutUnset(given) }),
  replaceOn: Object.keys(volumeInputs.shape).filter((key) => key !== "sourceModifiedMs"),
  inPlace: (key, olds, news) => key === "sourceSha256" && !renewed(olds, news),

  async create(operation, given) {
    const { context } = operation;
    const pool = await findPool(context, given.pool);
    const source = given.source === undefined ? undefined : await inspectSource(given.source);
    const definition = await definitionOf(context, pool, given, source);
    const content = contentOf(given);
    const { ref, mark } = await makeMarked(operation, pool, given.name, async (left) => {
      const whole = left && (await adopt(operation, pool, left, { definition, source, content }));
      if (whole) return whole;
      return source ? fill(operation, pool, definition, source, content) : createVolume(context, pool, definition);
    });
    return { id: ref.key, outputs: { format: definition.format, size: definition.capacity, mark } };
  },

  async read({ context }, id, state) {
    const { format, mark } = state.outputs;
    const found = await readOwn(context, { id, format, mark });
    if (!found) return undefined;
    const { ref, facts } = found;
    const outputs = { format: facts.format, size: facts.capacity, ...(mark === undefined ? {} : { mark }) };
    return { inputs: readInputs(ref, facts, state), outputs };
  },

  update: (_operation, _id, _given, { outputs }) => Promise.resolve({ outputs }),

  async delete({ context }, id, { inputs: given, outputs }) {
    const { format, size, mark } = outputs;
    const facts = await deleteOwn(context, { id, format, size, backing: given.baseVolumeId, mark });
    if (facts && !context.isRemote) await dropShared(facts);
  },
});

/** Whether a source is said to have another content than before: not where it is said for the first time. */
function renewed(olds: VolumeInputs, news: VolumeInputs): boolean {
  return olds.sourceSha256 !== undefined && news.sourceSha256 !== undefined;
}

/** What a volume is to be. */
interface Wanted {
  definition: VolumeDefinition;
  source?: SourceFile;
  content?: KnownContent;
}

async function definitionOf(
  context: Libvirt,
  pool: PoolRef,
  given: VolumeInputs,
  source: SourceFile | undefined,
): Promise<VolumeDefinition> {
  const { name } = given;
  if (source) {
    if (given.format !== undefined && given.format !== source.format) {
      throw new ProviderError(`format: ${source.path} is a ${source.format} image, not ${given.format}`);
    }
    return { name, format: source.format, capacity: source.capacity };
  }
  const base = await baseVolume(context, pool, given);
  if (base) {
    const capacity = given.size ?? base.capacity;
    if (capacity < base.capacity) {
      throw new ProviderError(`size: ${capacity} bytes are less than the base volume's ${base.capacity}`);
    }
    return { name, format: "qcow2", capacity, backing: { path: base.path, format: base.format } };
  }
  return { name, format: given.format ?? "qcow2", capacity: given.size ?? 0 };
}

async function baseVolume(context: Libvirt, pool: PoolRef, given: VolumeInputs): Promise<VolumeFacts | undefined> {
  const { baseVolumeId, baseVolumeName, baseVolumePool } = given;
  if (baseVolumeId !== undefined) {
    const ref = await findVolumeById(context, baseVolumeId);
    if (!ref) throw new ProviderError(`baseVolumeId: there is no volume ${baseVolumeId} at ${context.uri}`);
    return volumeFacts(context, ref);
  }
  if (baseVolumeName === undefined) return undefined;
  const where = baseVolumePool === undefined ? pool : await findPool(context, baseVolumePool);
  const ref = await findVolume(context, where, baseVolumeName);
  if (!ref) throw new ProviderError(`baseVolumeName: there is no volume "${baseVolumeName}" in pool "${where.name}"`);
  return volumeFacts(context, ref);
}

/** The volume that a killed run left, where it is whole. An upload goes on with what it left incomplete. */
async function adopt(
  operation: Operation<Libvirt>,
  pool: PoolRef,
  left: VolumeRef,
  { definition: wanted, source, content }: Wanted,
): Promise<VolumeRef | undefined> {
  const { context, urn } = operation;
  const [facts, marker] = await Promise.all([
    volumeFacts(context, left),
    findVolume(context, pool, markerName(wanted.name, urn)),
  ]);
  if (marker && source) return undefined;
  // One without a size is what a daemon leaves that is killed while it makes it.
  if (marker || (facts.capacity === 0 && wanted.capacity > 0)) {
    await deleteVolume(context, left);
    await deleteVolume(context, marker);
    return undefined;
  }
  const shared = sharesSource(facts, urn);
  if (source && (shared || fits(facts, wanted, undefined))) {
    const mark = markName(wanted.name, urn);
    const same = shared
      ? await sharesStill(facts, source, content)
      : await holdsSource(operation, pool, left, source, mark);
    if (same) return left;
    await deleteVolume(context, left);
    if (shared) await dropShared(facts);
    await renewMark(context, pool, mark);
    return undefined;
  }
  if (fits(facts, wanted, wanted.backing?.path)) return left;
  throw new ProviderError(
    `there is already a volume "${wanted.name}" in pool "${pool.name}", a different one (${describe(facts.format, facts.capacity, facts.backingPath)}; ` +
      `wanted: ${describe(wanted.format, wanted.capacity, wanted.backing?.path)}); choose another name or remove it`,
  );
}

function fits(facts: VolumeFacts, { format, capacity }: VolumeDefinition, backing: string | undefined): boolean {
  return facts.format === format && facts.capacity === capacity && facts.backingPath === backing;
}

function describe(format: string, capacity: number, backing: string | undefined): string {
  return `${format}, ${capacity} bytes${backing === undefined ? "" : `, overlay of ${backing}`}`;
}

function contentOf({ sourceSha256, sourceModifiedMs }: VolumeInputs): KnownContent | undefined {
  if (sourceSha256 === undefined || sourceModifiedMs === undefined) return undefined;
  return { sha256: sourceSha256, modifiedMs: sourceModifiedMs };
}

/** Makes a volume of a source: shares its bytes where that can be, else uploads them. */
async function fill(
  operation: Operation<Libvirt>,
  pool: PoolRef,
  definition: VolumeDefinition,
  source: SourceFile,
  content: KnownContent | undefined,
): Promise<VolumeRef> {
  const shared = await shareSource(operation, pool, definition, source, content);
  if (shared !== undefined) return shared;
  if (content !== undefined) await verifyContent(source.path, content);
  return uploadSource(operation, pool, definition, source);
}

/** What exists, as inputs: the known ones where they say the same. */
function readInputs(
  ref: VolumeRef,
  facts: VolumeFacts,
  { inputs: known, outputs }: { inputs: Partial<VolumeInputs>; outputs: Partial<VolumeOutputs> },
): VolumeInputs {
  if (known.name === undefined) {
    return {
      name: ref.name,
      pool: ref.pool,
      format: facts.format,
      size: facts.capacity,
      baseVolumeId: facts.backingPath,
    };
  }
  const result: VolumeInputs = { ...known, name: ref.name, pool: ref.pool };
  if (known.format !== undefined && known.format !== facts.format) result.format = facts.format;
  // Where no size was asked for it is that of the source or base, which the outputs have.
  const size = known.size ?? outputs.size;
  if (size !== undefined && size !== facts.capacity) result.size = facts.capacity;
  if (known.baseVolumeId !== undefined && known.baseVolumeId !== facts.backingPath) {
    result.baseVolumeId = facts.backingPath;
  }
  return result;
}
