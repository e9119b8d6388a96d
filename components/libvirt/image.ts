import * as libvirt from "@pulumi/libvirt";
import type * as pulumi from "@pulumi/pulumi";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { machineImage } from "../../artifacts/machine-image/index.ts";

/** A machine image on the host: the disk that machines' own disks are overlays of, and what they boot. */
export interface UploadedImage {
  /** Content key of the image. */
  key: string;
  disk: libvirt.Volume;
  kernel: libvirt.Volume;
  initramfs: libvirt.Volume;
  /** Kernel command line, the same for all machines. */
  cmdline: string;
}

/**
 * Puts the image's files into the testbed's pool. Their names carry the image's key: another image is another volume.
 *
 * @param suffix what the names of the resources end with.
 * @param checksum goes with the disk, hundreds of megabytes that never change: a daemon on the same file system then shares
 *   it with the cache instead of copying it, and what is copied to another host is checked first.
 */
export function uploadImage(
  image: ReturnType<typeof machineImage>,
  pool: libvirt.Pool,
  checksum: boolean,
  suffix: string,
  opts: pulumi.CustomResourceOptions,
): UploadedImage {
  const record = readImageRecord(image.directory);
  const upload = (kind: string, file: string, format: "qcow2" | "raw") => {
    const name = `image-${image.key}-${kind}`;
    const known = checksum && format === "qcow2" ? record.files[file] : undefined;
    const content = known && { sourceSha256: known.sha256, sourceModifiedMs: known.modifiedMs };
    return new libvirt.Volume(
      `image-${kind}${suffix}`,
      { name, pool: pool.name, source: join(image.directory, file), ...content, format },
      { ...opts, dependsOn: pool },
    );
  };
  return {
    key: image.key,
    disk: upload("disk", "disk.qcow2", "qcow2"),
    kernel: upload("kernel", "vmlinuz", "raw"),
    initramfs: upload("initramfs", "initramfs.img", "raw"),
    cmdline: record.cmdline,
  };
}

/** The part of image.json that is used here. */
interface ImageRecord {
  cmdline: string;
  files: Partial<Record<string, { sha256: string; modifiedMs: number }>>;
}

function readImageRecord(directory: string): ImageRecord {
  return JSON.parse(readFileSync(join(directory, "image.json"), "utf8")) as ImageRecord;
}
