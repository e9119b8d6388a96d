import { closeSync, mkdirSync, openSync, rmSync, statSync, utimesSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheDirectory } from "./cacheDirectory.ts";

/** An empty file an entry of the cache, beside all entries: what stands in their own folders is watched, and compared. */
const markFile = (kind: string, key: string): string => join(cacheDirectory(), "used", kind, key);

/** Notes that an entry of the cache is used now: what was not for longest goes first when room is wanted. */
export function markUsed(kind: string, key: string): void {
  const file = markFile(kind, key);
  try {
    mkdirSync(dirname(file), { recursive: true });
    closeSync(openSync(file, "a"));
    const now = new Date();
    utimesSync(file, now, now);
  } catch {
    // On a full disk the entry is only taken for older than it is.
  }
}

/** When an entry was last used, milliseconds since 1970; undefined where nothing is noted of it. */
export function lastUsed(kind: string, key: string): number | undefined {
  return statSync(markFile(kind, key), { throwIfNoEntry: false })?.mtimeMs;
}

/** Forgets an entry that has gone. */
export function forgetUse(kind: string, key: string): void {
  rmSync(markFile(kind, key), { force: true });
}
