import { cpSync, mkdtempSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

/** A copy of all folders with code, for a test to add to; what is no code, and npm's packages, are the tree's own. */
export function copyTree(): string {
  const copy = mkdtempSync(join(tmpdir(), "strata-tree-"));
  const { include } = JSON.parse(readFileSync(join(root, "tsconfig.json"), "utf8")) as { include: string[] };
  const copied = [...include, "package.json", "tsconfig.json"];
  // Packages of a workload's own, where somebody has installed them.
  const filter = (path: string): boolean => !path.includes("/node_modules");
  for (const name of readdirSync(root).filter((entry) => ![".git", ".strata"].includes(entry))) {
    if (copied.includes(name)) cpSync(join(root, name), join(copy, name), { recursive: true, filter });
    else symlinkSync(join(root, name), join(copy, name));
  }
  return copy;
}
