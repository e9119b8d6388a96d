import { bytesOf, readXml, writeXml } from "./document.ts";

/** A storage pool that is a directory. */
export interface PoolDefinition {
  name: string;
  uuid: string;
  path: string;
}

/** https://libvirt.org/formatstorage.html */
export function poolXml(pool: PoolDefinition): string {
  return writeXml("pool", { "@type": "dir", name: pool.name, uuid: pool.uuid, target: { path: pool.path } });
}

export interface PoolFacts extends PoolDefinition {
  type: string;
  /** Bytes. */
  capacity: number;
  allocation: number;
  available: number;
}

export function readPool(xml: string): PoolFacts {
  const root = readXml("pool", xml);
  return {
    uuid: root.at("uuid")?.text ?? "",
    type: root.attribute("type") ?? "",
    name: root.at("name")?.text ?? "",
    path: root.at("target", "path")?.text ?? "",
    capacity: bytesOf(root.at("capacity"), "bytes") ?? 0,
    allocation: bytesOf(root.at("allocation"), "bytes") ?? 0,
    available: bytesOf(root.at("available"), "bytes") ?? 0,
  };
}

export type VolumeFormat = "qcow2" | "raw";

export interface VolumeDefinition {
  name: string;
  format: VolumeFormat;
  /** Size that a machine sees, bytes. */
  capacity: number;
  /** The volume that this one is an overlay of. */
  backing?: { path: string; format: VolumeFormat };
  /** A qcow2 image that can say of a part that it holds zeros; libvirt's own choice, of QEMU 0.10's form, can't. */
  knowsZeroes?: boolean;
}

export function volumeXml(volume: VolumeDefinition): string {
  const { backing } = volume;
  return writeXml("volume", {
    name: volume.name,
    capacity: { "@unit": "bytes", "#": String(volume.capacity) },
    // Nothing is allocated ahead: raw files are sparse.
    allocation: { "@unit": "bytes", "#": "0" },
    target: { format: { "@type": volume.format }, compat: volume.knowsZeroes === true ? "1.1" : undefined },
    backingStore: backing && { path: backing.path, format: { "@type": backing.format } },
  });
}

export interface VolumeFacts {
  name: string;
  key: string;
  path: string;
  /** libvirt looks into the file: an ISO image in a raw volume is "iso". */
  format: VolumeFormat;
  capacity: number;
  allocation: number;
  /** Bytes of the file itself; undefined where libvirt does not say. */
  physical?: number;
  backingPath?: string;
  /** When it was last written to, ms since 1970. */
  modifiedMs?: number;
}

export function readVolume(xml: string): VolumeFacts {
  const root = readXml("volume", xml);
  const format = root.at("target", "format")?.attribute("type");
  const modified = root.at("target", "timestamps", "mtime")?.text;
  return {
    name: root.at("name")?.text ?? "",
    key: root.at("key")?.text ?? "",
    path: root.at("target", "path")?.text ?? "",
    format: format === "qcow2" ? "qcow2" : "raw",
    capacity: bytesOf(root.at("capacity"), "bytes") ?? 0,
    allocation: bytesOf(root.at("allocation"), "bytes") ?? 0,
    physical: bytesOf(root.at("physical"), "bytes"),
    backingPath: root.at("backingStore", "path")?.text,
    modifiedMs: modified === undefined ? undefined : Number(modified) * 1000,
  };
}
