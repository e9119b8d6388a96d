import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** First 12 hex digits of the SHA-256 over every file's path and content below `directory`, in path order. */
export function contentHash(directory: string): string {
  const hash = createHash("sha256");
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) {
    hash
      .update(`${file.slice(directory.length)}\0`)
      .update(readFileSync(file))
      .update("\0");
  }
  return hash.digest("hex").slice(0, 12);
}

const known = new Map<string, string>();

/** {@link contentHash}, of which the machines of a testbed ask for the same few: each is computed once in a process. */
export function contentHashOnce(directory: string): string {
  const hash = known.get(directory) ?? contentHash(directory);
  known.set(directory, hash);
  return hash;
}
