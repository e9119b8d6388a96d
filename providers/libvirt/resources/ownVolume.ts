import { ProviderError } from "../../kit/plain/errors.ts";
import { ifExists } from "../rpc/errors.ts";
import type { Libvirt } from "../rpc/libvirt.ts";
import type { VolumeRef } from "../rpc/procedures.ts";
import type { VolumeFacts } from "../xml/storage.ts";
import { findMark } from "./volumeMark.ts";
import { deleteVolume, findVolumeById, volumeFacts } from "./volumes.ts";

/** What the state knows of a volume; what an older version or an import left out is not compared. */
export interface KnownVolume {
  id: string;
  format?: string;
  /** Bytes. */
  size?: number;
  /** Path of the volume that it is an overlay of. */
  backing?: string;
  /** Name of its mark; absent for one from before there were marks, and for an imported one: the state's word counts. */
  mark?: string;
}

/** The volume of the state, as it is now; undefined where it has gone, or another stands in its place. */
export async function readOwn(
  context: Libvirt,
  known: KnownVolume,
): Promise<{ ref: VolumeRef; facts: VolumeFacts } | undefined> {
  const found = await find(context, known);
  return found?.facts !== undefined && found.marked ? { ref: found.ref, facts: found.facts } : undefined;
}

/**
 * Deletes the volume of the state, then its mark.
 *
 * @returns what it was; undefined where it had gone.
 * @throws ProviderError where it is another one, which stays.
 */
export async function deleteOwn(context: Libvirt, known: KnownVolume): Promise<VolumeFacts | undefined> {
  const found = await find(context, known);
  if (found) {
    const other = found.marked
      ? differences(found.facts, known)
      : ["the mark beside the one of this resource has gone"];
    if (other.length > 0) {
      throw new ProviderError(
        `the volume ${known.id} at ${context.uri} is not the one that this resource made: ${other.join("; ")}. It is left as ` +
          `it is; if it is another's, drop the resource from the state (pulumi state delete), if it is yours after all, ` +
          `delete it by hand (virsh vol-delete ${known.id}), and go on`,
      );
    }
    await deleteVolume(context, found.ref);
  }
  await deleteVolume(context, found?.mark ?? (await leftMark(context, known)));
  return found?.facts;
}

async function find(context: Libvirt, { id, format, mark: name }: KnownVolume) {
  const ref = await findVolumeById(context, id);
  if (!ref) return undefined;
  // libvirt may list one whose file has gone, until it looks.
  const [facts, mark] = await Promise.all([
    ifExists(volumeFacts(context, ref)),
    name === undefined ? undefined : findMark(context, ref, name),
  ]);
  return {
    ref,
    facts: facts && (format === "raw" ? asRaw(facts) : facts),
    mark,
    marked: name === undefined || mark !== undefined,
  };
}

/**
 * libvirt looks into a raw volume and takes it for what its machine has written there, a qcow2 image of any size and
 * backing file if it likes. It stays raw, and as large as its file.
 */
function asRaw(facts: VolumeFacts): VolumeFacts {
  return { ...facts, format: "raw", capacity: facts.physical ?? facts.capacity, backingPath: undefined };
}

function differences(facts: VolumeFacts | undefined, known: KnownVolume): string[] {
  if (!facts) return [];
  const { format, size, backing } = known;
  return [
    ...(format === undefined || format === facts.format ? [] : [`its format is ${facts.format}, not ${format}`]),
    ...(size === undefined || isSize(facts, size, known) ? [] : [`it has ${facts.capacity} bytes, not ${size}`]),
    ...(backing === undefined || backing === facts.backingPath
      ? []
      : [`it is an overlay of ${facts.backingPath ?? "nothing"}, not of ${backing}`]),
  ];
}

/**
 * Whether a volume may be one that was asked for with so many bytes: libvirt makes a qcow2 image of whole KiB, and LVM a
 * volume of whole extents, of some MiB or more.
 */
function isSize({ capacity }: VolumeFacts, size: number, { id }: KnownVolume): boolean {
  return id.startsWith("/dev/") ? capacity >= size : capacity === size || capacity === Math.ceil(size / 1024) * 1024;
}

/** The mark of a volume that has gone, as where a run was killed between deleting the two. */
async function leftMark(context: Libvirt, { id, mark }: KnownVolume): Promise<VolumeRef | undefined> {
  if (mark === undefined) return undefined;
  return findVolumeById(context, id.slice(0, id.lastIndexOf("/") + 1) + mark);
}
