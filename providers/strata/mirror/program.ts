import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

/** The program that serves artifacts. It is started by its path: plugins import nothing of the artifacts. */
const directory = join(import.meta.dirname, "../../../artifacts/serve");

export const mirrorProgram = join(directory, "main.ts");

/** Hash of the program's files: with another one, the process that serves is not the one that this checkout has. */
export function programHash(folder = directory): string {
  const hash = createHash("sha256");
  for (const file of filesOf(folder)) {
    hash
      .update(`${relative(folder, file)}\0`)
      .update(readFileSync(file))
      .update("\0");
  }
  return hash.digest("hex").slice(0, 16);
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
