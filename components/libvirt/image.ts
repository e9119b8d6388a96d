import * as libvirt from "@pulumi/libvirt";
import type * as pulumi from "@pulumi/pulumi";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { machineImage } from "../../artifacts/machine-image/index.ts";

/** A machine image on the host: the disk that machines' own disks are overlays of, and what they boot. */
export interface UploadedImage {
  disk: libvirt.Volume;
  kernel: libvirt.Volume;
  initramfs: libvirt.Volume;
  /** Kernel command line, the same for all machines. */
  cmdline: string;
}

/** Uploads the image's files into the testbed's pool. Their names carry the image's key: another image is another volume. */
export function uploadImage(
  image: ReturnType<typeof machineImage>,
  pool: libvirt.Pool,
  opts: pulumi.CustomResourceOptions,
): UploadedImage {
  const upload = (kind: string, file: string, format: "qcow2" | "raw") =>
    new libvirt.Volume(
      `image-${kind}`,
      { name: `image-${image.key}-${kind}`, pool: pool.name, source: join(image.directory, file), format },
      { ...opts, dependsOn: pool },
    );
  return {
    disk: upload("disk", "disk.qcow2", "qcow2"),
    kernel: upload("kernel", "vmlinuz", "raw"),
    initramfs: upload("initramfs", "initramfs.img", "raw"),
    cmdline: readCommandLine(image.directory),
  };
}

function readCommandLine(directory: string): string {
  const { cmdline } = JSON.parse(readFileSync(join(directory, "image.json"), "utf8")) as { cmdline: string };
  return cmdline;
}
