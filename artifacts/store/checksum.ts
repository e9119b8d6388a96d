import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";

const chunkBytes = 4 * 2 ** 20;

/** SHA-256 of a file's content, in hex, read in chunks: about a second for a gigabyte. */
export function sha256OfFile(file: string): string {
  const hash = createHash("sha256");
  const buffer = Buffer.allocUnsafe(chunkBytes);
  const descriptor = openSync(file, "r");
  try {
    for (let bytes = readSync(descriptor, buffer); bytes > 0; bytes = readSync(descriptor, buffer)) {
      hash.update(buffer.subarray(0, bytes));
    }
  } finally {
    closeSync(descriptor);
  }
  return hash.digest("hex");
}

/** SHA-256 of a text, in hex. */
export function sha256OfText(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
