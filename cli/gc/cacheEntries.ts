import { existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { cacheDirectory } from "../../local/cacheDirectory.ts";
import { forgetUse, lastUsed } from "../../local/cacheUse.ts";
import { heldBy, tryLock } from "../../local/lock.ts";
import { stackUses, type StackUse } from "../../local/stackUse.ts";
import { spanText } from "../../local/timeSpan.ts";
import { bytesOn } from "../../local/bytesOn.ts";
import type { Leftover, LeftoverKind } from "./leftover.ts";

/** What may build on an entry takes no lock of it, and three hours at most (artifacts/machine-image/build.ts). */
const restSeconds = 3 * 60 * 60;

/** What a kind of the cache's entries is. */
interface Entries {
  /** "machine images", and of one "machine image". */
  name: string;
  title: string;
  /** Folder of the cache, in which each entry is a folder by its key. */
  folder: string;
  /** File of an entry whose time is that of its last use, where its users set that. */
  usedFile?: string;
  /** Why an entry can't be done without, by who uses it. */
  needed?: (key: string, uses: readonly StackUse[], directory: string) => string | undefined;
}

/** Entries of the cache that can be made again: they go for room, the one first that was not used for longest. */
export function cacheEntries(kind: Entries): LeftoverKind {
  return { name: kind.name, of: "cache", list: () => list(kind) };
}

/** An entry is named by a hash; whatever else is beside it is no entry. */
export const isKey = (name: string): boolean => /^[0-9a-f]{16,64}$/.test(name);

/** Of one that is being removed. */
export const removing = ".removing";

async function list(kind: Entries): Promise<Leftover[]> {
  const folder = join(cacheDirectory(), kind.folder);
  const keys = existsSync(folder) ? readdirSync(folder).filter(isKey).sort() : [];
  const uses = stackUses();
  return Promise.all(keys.map((key) => leftover(kind, folder, key, uses)));
}

async function leftover(kind: Entries, folder: string, key: string, uses: readonly StackUse[]): Promise<Leftover> {
  const directory = join(folder, key);
  const holder = await heldBy(`${directory}.lock`);
  return {
    what: `${kind.title} ${key}`,
    bytes: bytesOn(directory),
    lastUsed: usedAt(kind, key, directory),
    inUse: holder ?? inUse(kind, key, directory, uses),
    remove: () => remove(kind, key, directory),
  };
}

function usedAt({ folder, usedFile = "." }: Entries, key: string, directory: string): number {
  return lastUsed(folder, key) ?? statSync(join(directory, usedFile), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function inUse(kind: Entries, key: string, directory: string, uses: readonly StackUse[]): string | undefined {
  const seconds = (Date.now() - usedAt(kind, key, directory)) / 1000;
  const fresh = seconds < restSeconds ? `used ${spanText(seconds)} ago` : undefined;
  return kind.needed?.(key, uses, directory) ?? fresh;
}

/** Who builds the same waits meanwhile, and finds nothing half removed. */
async function remove(kind: Entries, key: string, directory: string): Promise<string | undefined> {
  const lock = await tryLock(`${directory}.lock`, `removes ${kind.title} ${key}`);
  if (lock === undefined) return heldBy(`${directory}.lock`);
  try {
    const reason = inUse(kind, key, directory, stackUses());
    if (reason !== undefined) return reason;
    rmSync(directory + removing, { recursive: true, force: true });
    renameSync(directory, directory + removing);
    rmSync(directory + removing, { recursive: true });
    forgetUse(kind.folder, key);
    return undefined;
  } finally {
    await lock.release();
  }
}
