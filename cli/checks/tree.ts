import { createHash } from "node:crypto";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** As .gitignore has them: what a checkout's own use leaves in it. */
const notOfTheTree = /^(\.git|node_modules|\.strata|coverage|.*\.log|Pulumi\.[^/]+\.yaml)$/;

/** SHA-256 of each file of a checkout by its path in it, "cli/main.ts"; of a symbolic link that of where it leads. */
export type Tree = ReadonlyMap<string, string>;

export function readTree(root: string): Tree {
  const paths = pathsIn(root, "").sort();
  return new Map(
    paths.map((path) => [
      path,
      createHash("sha256")
        .update(contentOf(join(root, path)))
        .digest("hex"),
    ]),
  );
}

function pathsIn(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => !notOfTheTree.test(name))
    .flatMap((entry) => {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) return pathsIn(root, path);
      return entry.isFile() || entry.isSymbolicLink() ? [path] : [];
    });
}

function contentOf(file: string): string | Buffer {
  try {
    return readlinkSync(file);
  } catch {
    return readFileSync(file);
  }
}
