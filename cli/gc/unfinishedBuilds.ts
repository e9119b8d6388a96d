import { readdirSync, rmSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { cacheDirectory } from "../../local/cacheDirectory.ts";
import { heldBy, tryLock } from "../../local/lock.ts";
import { spanText } from "../../local/timeSpan.ts";
import { bytesOn } from "../../local/bytesOn.ts";
import { isKey, removing } from "./cacheEntries.ts";
import type { Leftover, LeftoverKind } from "./leftover.ts";

/** What runs that were killed have left of entries that they were making or removing: the next build begins anew. */
export const unfinishedBuilds: LeftoverKind = { name: "unfinished builds", of: "cache", list };

/** Of a folder that stands for a moment, and nothing is locked for: no machine takes a day to start. */
const passing = /^\.passing-\w+$/;
const passingSeconds = 24 * 60 * 60;

async function list(): Promise<Leftover[]> {
  const folders = foldersIn(cacheDirectory()).map((name) => join(cacheDirectory(), name));
  const found = folders.flatMap((folder) =>
    foldersIn(folder).flatMap((name) => {
      const [, key = "", ending = ""] = /^([0-9a-f]+)(\..*)$/.exec(name) ?? [];
      const isLeft = [".building", removing].includes(ending) || passing.test(ending);
      return isKey(key) && isLeft ? [{ directory: join(folder, name), lock: join(folder, `${key}.lock`), ending }] : [];
    }),
  );
  return Promise.all(found.map(leftover));
}

async function leftover({
  directory,
  lock,
  ending,
}: Record<"directory" | "lock" | "ending", string>): Promise<Leftover> {
  const lastUsed = statSync(directory, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const seconds = (Date.now() - lastUsed) / 1000;
  const young = passing.test(ending) && seconds < passingSeconds ? `begun ${spanText(seconds)} ago` : undefined;
  return {
    what: relative(cacheDirectory(), directory),
    bytes: bytesOn(directory),
    lastUsed,
    inUse: (await heldBy(lock)) ?? young,
    why: "of a run that was killed",
    remove: () => remove(directory, lock),
  };
}

async function remove(directory: string, file: string): Promise<string | undefined> {
  const lock = await tryLock(file, `removes ${directory}`);
  if (lock === undefined) return heldBy(file);
  try {
    rmSync(directory, { recursive: true, force: true });
    return undefined;
  } finally {
    await lock.release();
  }
}

function foldersIn(directory: string): string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort();
  } catch {
    return [];
  }
}
