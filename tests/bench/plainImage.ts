import { mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { machineImage } from "../../artifacts/machine-image/index.ts";

/** A machine image as machine.sh takes it, in a temporary directory, which is the caller's to remove. */
export function plainImage(kinds: string[]): string {
  const image = machineImage(kinds).directory;
  const directory = mkdtempSync(join(tmpdir(), "strata-bench-image-"));
  for (const file of ["disk.qcow2", "vmlinuz", "initramfs.img"]) symlinkSync(join(image, file), join(directory, file));
  const { cmdline } = JSON.parse(readFileSync(join(image, "image.json"), "utf8")) as { cmdline: string };
  writeFileSync(join(directory, "cmdline"), cmdline);
  return directory;
}
