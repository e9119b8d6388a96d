import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheDirectory } from "../providers/kit/cacheDirectory.ts";
import { fileHash } from "./hash.ts";
import { reasonOf } from "./reasonOf.ts";

/** A kind of complete folders in the cache, such as engines; each is named by the hash of what it is made from. */
export interface FolderKind {
  /** Folder of the cache that holds them. */
  name: string;
  /** File in each of them: what it is, and the checksums to verify it by when it is used again. */
  record: string;
}

/** The record's part that every kind has. */
interface Checksums {
  /** SHA-256 by file name. */
  files: Record<string, string>;
}

export async function storeDirectory(kind: FolderKind): Promise<string> {
  const directory = join(cacheDirectory(), kind.name);
  await mkdir(directory, { recursive: true });
  return directory;
}

/** A new empty folder beside the final one, so that it can take its place in one step. */
export async function temporaryFolder(kind: FolderKind): Promise<string> {
  return mkdtemp(join(await storeDirectory(kind), ".new-"));
}

/** Writes the record and gives a complete folder its final name, in place of a corrupt one if need be. */
export async function publishFolder(kind: FolderKind, temporary: string, final: string, facts: object): Promise<void> {
  const files: Record<string, string> = {};
  for (const name of (await readdir(temporary)).sort()) files[name] = await fileHash(join(temporary, name));
  await writeFile(join(temporary, kind.record), `${JSON.stringify({ ...facts, files }, null, 2)}\n`);
  await rm(final, { recursive: true, force: true });
  await rename(temporary, final).catch((error: unknown) => {
    // Another setup was faster, and made the same from the same.
    if (!existsSync(join(final, kind.record))) throw error;
  });
}

/** @returns what is wrong with a folder of the cache, or undefined when all files are what they were. */
export async function folderProblem(kind: FolderKind, directory: string): Promise<string | undefined> {
  let record: Checksums;
  try {
    record = JSON.parse(await readFile(join(directory, kind.record), "utf8")) as Checksums;
  } catch (error) {
    return `${kind.record} can't be read (${reasonOf(error)})`;
  }
  for (const [name, expected] of Object.entries(record.files)) {
    const path = join(directory, name);
    if (!existsSync(path)) return `${name} is missing`;
    if ((await fileHash(path)) !== expected) return `${name} has changed (its SHA-256 is not the recorded one)`;
  }
  return undefined;
}
