import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/**
 * Writes a file whole or not at all: whoever reads it, also after a power cut or on a full disk, finds the old content or
 * the new one. It is written under another name in the same folder, brought to the disk, and renamed.
 *
 * @param mode permissions of the file, less the umask's; 0o600 for what is secret.
 */
export function writeWhole(file: string, content: string | Uint8Array, mode = 0o666): void {
  const temporary = join(dirname(file), `.${basename(file)}.${process.pid}-${randomBytes(4).toString("hex")}.new`);
  try {
    writeFileSync(temporary, content, { mode, flag: "wx", flush: true });
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  flush(dirname(file));
}

/** Brings a file, or the names in a folder, to the disk. */
export function flush(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
