import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { cacheDirectory } from "../../local/cacheDirectory.ts";
import { sha256OfFile } from "./checksum.ts";

/** Names one entry of the store: `<cache>/<kind>/<key>/`. */
export interface EntryName {
  /** Folder of the cache: "images", "containers", "models". */
  kind: string;
  /** Hash of everything the entry is built from. */
  key: string;
  /** Name of the entry's record: the JSON file that lists the other files with their checksums. */
  record: string;
}

export interface Entry {
  key: string;
  directory: string;
  state: "ready" | "missing" | "corrupt";
  /** What is wrong with a corrupt entry. */
  problem?: string;
}

const fileRecordSchema = z.object({ sha256: z.string(), bytes: z.number(), modifiedMs: z.number() });
export const recordSchema = z.looseObject({ key: z.string(), files: z.record(z.string(), fileRecordSchema) });

export type FileRecord = z.infer<typeof fileRecordSchema>;
export type EntryRecord = z.infer<typeof recordSchema>;

export function entryDirectory(name: EntryName): string {
  return join(cacheDirectory(), name.kind, name.key);
}

/**
 * State of an entry, found quickly: sizes are compared, and the checksum of a file only where it was modified since it
 * was recorded.
 */
export function findEntry(name: EntryName): Entry {
  return inspect(name, (file, recorded) => statSync(file).mtimeMs !== recorded.modifiedMs);
}

/** State of an entry with every checksum computed anew. */
export function verifyEntry(name: EntryName): Entry {
  return inspect(name, () => true);
}

/**
 * The record of an entry that is there.
 *
 * @throws Error when it can't be read; an entry in state "ready" has one.
 */
export function readRecord(name: EntryName): EntryRecord {
  return recordSchema.parse(JSON.parse(readFileSync(join(entryDirectory(name), name.record), "utf8")));
}

function inspect(name: EntryName, needsChecksum: (file: string, recorded: FileRecord) => boolean): Entry {
  const directory = entryDirectory(name);
  const found = { key: name.key, directory };
  if (statSync(directory, { throwIfNoEntry: false }) === undefined) return { ...found, state: "missing" };
  const problem = problemOf(name, directory, needsChecksum);
  return problem === undefined ? { ...found, state: "ready" } : { ...found, state: "corrupt", problem };
}

function problemOf(
  name: EntryName,
  directory: string,
  needsChecksum: (file: string, recorded: FileRecord) => boolean,
): string | undefined {
  let record: EntryRecord;
  try {
    record = readRecord(name);
  } catch {
    return `${name.record} is missing or not readable`;
  }
  if (record.key !== name.key) return `${name.record} belongs to another key, ${record.key}`;
  for (const [path, recorded] of Object.entries(record.files)) {
    const file = join(directory, path);
    const status = statSync(file, { throwIfNoEntry: false });
    if (status === undefined) return `${path} is missing`;
    if (status.size !== recorded.bytes) return `${path} has ${status.size} bytes instead of ${recorded.bytes}`;
    if (needsChecksum(file, recorded) && sha256OfFile(file) !== recorded.sha256) {
      return `${path} has another content than when it was built (SHA-256 differs)`;
    }
  }
  return undefined;
}
