import { z } from "zod";
import { resource, type Operation } from "../../kit/crud.ts";
import { ProviderError } from "../../kit/errors.ts";
import { ifExists } from "../rpc/errors.ts";
import type { Libvirt } from "../rpc/libvirt.ts";
import type { PoolRef, VolumeRef } from "../rpc/procedures.ts";
import type { VolumeDefinition, VolumeFacts } from "../xml/storage.ts";
import { objectName } from "./names.ts";
import { volumeRefusals } from "./refusals.ts";
import { dropShared, shareSource, sharesSource, verifyContent, type KnownContent } from "./sharedSource.ts";
import { inspectSource, sourcePath, type SourceFile } from "./source.ts";
import { markerName, uploadSource } from "./upload.ts";
import { createVolume, deleteVolume, findPool, findVolume, findVolumeById, volumeFacts } from "./volumes.ts";

const inputs = z
  .strictObject({
    name: objectName,
    pool: objectName,
    source: z
      .string()
      .refine((text) => sourcePath(text) !== undefined, "write an absolute path or a file:// URL")
      .optional(),
    sourceSha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/, "write 64 lower-case hexadecimal digits")
      .optional(),
    sourceModifiedMs: z.number().positive().optional(),
    baseVolumeId: z.string().min(1).optional(),
    baseVolumeName: objectName.optional(),
    baseVolumePool: objectName.optional(),
    format: z.enum(["qcow2", "raw"]).optional(),
    size: z.number().int().positive("must be a number of bytes").optional(),
  })
  .superRefine((volume, context) => {
    const problem = (path: string, message: string): void => {
      context.addIssue({ code: "custom", path: [path], message });
    };
    const based = volume.baseVolumeId !== undefined || volume.baseVolumeName !== undefined;
    if (volume.source !== undefined && based) problem("source", "a volume has either a source or a base volume");
    if (volume.baseVolumeId !== undefined && volume.baseVolumeName !== undefined) {
      problem("baseVolumeName", "name the base volume once: by baseVolumeId or by baseVolumeName");
    }
    if (volume.baseVolumePool !== undefined && volume.baseVolumeName === undefined) {
      problem("baseVolumePool", "says where baseVolumeName is, which is missing");
    }
    if (volume.source !== undefined && volume.size !== undefined) {
      problem("size", "the size is that of the source; leave it out");
    }
    if (volume.sourceSha256 !== undefined && volume.source === undefined) {
      problem("sourceSha256", "says what source has in it, which is missing");
    }
    if ((volume.sourceSha256 === undefined) !== (volume.sourceModifiedMs === undefined)) {
      problem("sourceModifiedMs", "belongs to sourceSha256: give both or none");
    }
    if (volume.source === undefined && !based && volume.size === undefined) {
      problem("size", "an empty volume needs a size in bytes");
    }
    if (based && volume.format === "raw") problem("format", "an overlay of a base volume has the format qcow2");
  });

type VolumeInputs = z.infer<typeof inputs>;
interface VolumeOutputs {
  format: string;
  /** Bytes that a machine sees. */
  size: number;
}

/** What is known of a source, in place of what it has in it. */
const aboutSource = ["sourceSha256", "sourceModifiedMs"];

/**
 * A disk in a pool: empty, a copy of a local file, or an overlay of another volume. Every change makes a new one, but for
 * what is known of a source.
 */
export const volume = resource<VolumeInputs, VolumeOutputs, Libvirt>({
  token: "libvirt:index/volume:Volume",
  inputs,
  refused: volumeRefusals,
  complete: (given, { name }) => ({ name, pool: "default", ...given }),
  replaceOn: (changed) => changed.filter((key) => !aboutSource.includes(key)),

  async create(operation, given) {
    const { context } = operation;
    const pool = await findPool(context, given.pool);
    const source = given.source === undefined ? undefined : await inspectSource(given.source);
    const definition = await definitionOf(context, pool, given, source);
    const ref =
      (await adopt(context, pool, definition, source)) ??
      (source
        ? await fill(operation, pool, definition, source, contentOf(given))
        : await createVolume(context, pool, definition));
    return { id: ref.key, outputs: { format: definition.format, size: definition.capacity } };
  },

  async read({ context }, id, state) {
    const ref = await findVolumeById(context, id);
    if (!ref) return undefined;
    // libvirt may list one whose file has gone, until it looks.
    const facts = await ifExists(volumeFacts(context, ref));
    if (!facts) return undefined;
    return { inputs: readInputs(ref, facts, state), outputs: { format: facts.format, size: facts.capacity } };
  },

  update: (_operation, _id, _given, { outputs }) => Promise.resolve({ outputs }),

  async delete({ context }, id) {
    const ref = await findVolumeById(context, id);
    const facts = ref && (await ifExists(volumeFacts(context, ref)));
    await deleteVolume(context, ref);
    if (ref && facts && sharesSource(facts) && !context.isRemote) await dropShared(ref);
  },
});

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

/** The volume that a killed run left complete. An upload goes on with what it left incomplete. */
async function adopt(
  context: Libvirt,
  pool: PoolRef,
  wanted: VolumeDefinition,
  source: SourceFile | undefined,
): Promise<VolumeRef | undefined> {
  const [existing, marker] = await Promise.all([
    findVolume(context, pool, wanted.name),
    findVolume(context, pool, markerName(wanted.name)),
  ]);
  if (marker && source) return undefined;
  if (marker) {
    await deleteVolume(context, existing);
    await deleteVolume(context, marker);
    return undefined;
  }
  if (!existing) return undefined;
  const facts = await volumeFacts(context, existing);
  const backing = source !== undefined && sharesSource(facts) ? facts.backingPath : wanted.backing?.path;
  if (facts.format === wanted.format && facts.capacity === wanted.capacity && facts.backingPath === backing) {
    return existing;
  }
  throw new ProviderError(
    `there is already a volume "${wanted.name}" in pool "${pool.name}", a different one (${describe(facts.format, facts.capacity, facts.backingPath)}; ` +
      `wanted: ${describe(wanted.format, wanted.capacity, backing)}); choose another name or remove it`,
  );
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
  const shared = await shareSource(operation.context, pool, definition, source, content);
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
