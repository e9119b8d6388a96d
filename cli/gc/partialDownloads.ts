import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheDirectory } from "../../local/cacheDirectory.ts";
import { heldBy, tryLock } from "../../local/lock.ts";
import { spanText } from "../../local/timeSpan.ts";
import { bytesOn } from "../../local/bytesOn.ts";
import { isKey } from "./cacheEntries.ts";
import type { Leftover, LeftoverKind } from "./leftover.ts";

/** A download that was cut off goes on where it stopped, if somebody asks for it again; after a week nobody has. */
export const partialDownloads: LeftoverKind = { name: "partial downloads", of: "cache", list };

const givenUpSeconds = 7 * 24 * 60 * 60;

function list(): Promise<Leftover[]> {
  const folder = join(cacheDirectory(), "partial");
  const keys = existsSync(folder) ? readdirSync(folder).filter(isKey).sort() : [];
  return Promise.all(keys.map((key) => leftover(key, join(folder, key))));
}

async function leftover(key: string, directory: string): Promise<Leftover> {
  const lastUsed = newestIn(directory);
  const seconds = (Date.now() - lastUsed) / 1000;
  return {
    what: `partial download ${key}`,
    bytes: bytesOn(directory),
    lastUsed,
    inUse: await heldBy(lockOf(key)),
    ...(seconds > givenUpSeconds ? { why: `stopped ${spanText(seconds)} ago` } : {}),
    remove: () => remove(key, directory),
  };
}

/** Who downloads it makes the mirror's entry of the same key, and has that one's lock. */
const lockOf = (key: string): string => join(cacheDirectory(), "mirror", `${key}.lock`);

function newestIn(directory: string): number {
  const paths = [directory, ...readdirSync(directory).map((name) => join(directory, name))];
  return Math.max(...paths.map((path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0));
}

async function remove(key: string, directory: string): Promise<string | undefined> {
  mkdirSync(dirname(lockOf(key)), { recursive: true });
  const lock = await tryLock(lockOf(key), `removes partial download ${key}`);
  if (lock === undefined) return heldBy(lockOf(key));
  try {
    rmSync(directory, { recursive: true, force: true });
    return undefined;
  } finally {
    await lock.release();
  }
}
