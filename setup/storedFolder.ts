import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { cacheDirectory } from "../local/cacheDirectory.ts";
import { messageOf } from "../providers/kit/plain/errors.ts";
import { flush, writeWhole } from "../local/writeWhole.ts";
import { fileHash } from "./hash.ts";

/** A kind of complete folders in the cache, such as engines; each is named by the hash of what it is made from. */
export interface FolderKind {
  /** Folder of the cache that holds them. */
  name: string;
  /** File in each of them: what it is, and the checksums to verify it by when it is used again. */
  record: string;
}

/** The record's part that every kind has: SHA-256 by file name. */
const checksumsSchema = z.looseObject({ files: z.record(z.string(), z.string()) });

export async function storeDirectory(kind: FolderKind): Promise<string> {
  const directory = join(cacheDirectory(), kind.name);
  await mkdir(directory, { recursive: true });
  return directory;
}

/** Name of a folder that is being filled. */
const unfinished = ".new-";

/** What was begun so long ago is of a run that was killed. */
const deadMs = 24 * 60 * 60 * 1000;

/** A new empty folder beside the final one, so that it can take its place in one step. */
export async function temporaryFolder(kind: FolderKind): Promise<string> {
  const store = await storeDirectory(kind);
  for (const name of await readdir(store)) {
    const folder = join(store, name);
    if (name.startsWith(unfinished) && (await ageOf(folder)) > deadMs)
      await rm(folder, { recursive: true, force: true });
  }
  return mkdtemp(join(store, unfinished));
}

/** Since something in it was last made; 0 for what is gone meanwhile. */
async function ageOf(folder: string): Promise<number> {
  return Date.now() - (await stat(folder).then(({ mtimeMs }) => mtimeMs, Date.now));
}

/** Writes the record and gives a complete folder its final name, in place of a corrupt one if need be. */
export async function publishFolder(kind: FolderKind, temporary: string, final: string, facts: object): Promise<void> {
  const files: Record<string, string> = {};
  for (const name of (await readdir(temporary)).sort()) {
    files[name] = await fileHash(join(temporary, name));
    flush(join(temporary, name));
  }
  writeWhole(join(temporary, kind.record), `${JSON.stringify({ ...facts, files }, null, 2)}\n`);
  await rm(final, { recursive: true, force: true });
  await rename(temporary, final).catch((error: unknown) => {
    // Another setup was faster, and made the same from the same.
    if (!existsSync(join(final, kind.record))) throw error;
  });
  flush(dirname(final));
}

/** @returns what is wrong with a folder of the cache, or undefined when all files are what they were. */
export async function folderProblem(kind: FolderKind, directory: string): Promise<string | undefined> {
  let record: z.infer<typeof checksumsSchema>;
  try {
    record = checksumsSchema.parse(JSON.parse(await readFile(join(directory, kind.record), "utf8")));
  } catch (error) {
    return `${kind.record} can't be read (${messageOf(error)})`;
  }
  for (const [name, expected] of Object.entries(record.files)) {
    const path = join(directory, name);
    if (!existsSync(path)) return `${name} is missing`;
    if ((await fileHash(path)) !== expected) return `${name} has changed (its SHA-256 is not the recorded one)`;
  }
  return undefined;
}
