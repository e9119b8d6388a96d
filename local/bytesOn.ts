import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** A block of stat's, whatever the file system's own. */
const blockBytes = 512;

/** What a file or folder takes on the disk, in bytes; a file with several names counts at each. What goes meanwhile takes nothing. */
export function bytesOn(path: string): number {
  try {
    const found = lstatSync(path);
    if (!found.isDirectory()) return found.blocks * blockBytes;
    return readdirSync(path).reduce((sum, name) => sum + bytesOn(join(path, name)), found.blocks * blockBytes);
  } catch {
    return 0;
  }
}
