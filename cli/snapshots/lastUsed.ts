import { statSync } from "node:fs";
import { snapshotDirectory, snapshotPaths } from "./folder.ts";

/** When a snapshot was saved or brought back last: milliseconds since 1970; its record's time says it. */
export function lastUsedOf(stack: string, name: string): number {
  return statSync(snapshotPaths(snapshotDirectory(stack, name)).record, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
