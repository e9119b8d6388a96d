import { createReadStream, createWriteStream, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { messageOf } from "../../providers/kit/plain/errors.ts";
import { indexTar, readMember, type Member } from "../serve/tarIndex.ts";
import { buildEntry } from "../store/build.ts";
import { cacheDirectory } from "../../local/cacheDirectory.ts";
import { newTemporaryDirectory, removePrivateDirectory } from "../../providers/kit/plain/privateDirectory.ts";
import { sha256OfFile } from "../store/checksum.ts";
import { recordSchema, verifyEntry, type EntryRecord } from "../store/entry.ts";
import { ArtifactError } from "../store/errors.ts";
import type { Progress } from "../store/progress.ts";
import { run } from "../store/run.ts";
import { itemEntry, items, type Item } from "../mirror/item.ts";

/** First file of an exported archive: what the rest is. */
const contentsFile = "mirror.json";
const contentsSchema = z.object({ format: z.literal("strata/mirror@1"), items: z.record(z.string(), z.string()) });
const limitSeconds = 3600;

export interface Exported {
  /** Titles of what is in the archive. */
  items: string[];
  /** Of selected items: what could not be put in, with the reason. */
  left: string[];
  /** Of the archive, to tell to who imports it. */
  sha256: string;
}

/** Writes items of the store, each verified first, into one archive. @throws ArtifactError when none is there. */
export async function exportItems(selected: readonly Item[], file: string): Promise<Exported> {
  const entries = selected.map((item) => ({ item, entry: verifyEntry(itemEntry(item)) }));
  const ready = entries.filter(({ entry }) => entry.state === "ready");
  if (ready.length === 0) {
    throw new ArtifactError("nothing of this is in the mirror's store; get it first: strata mirror pull");
  }
  const scratch = newTemporaryDirectory("strata-export-");
  try {
    const contents = Object.fromEntries(ready.map(({ item, entry }) => [entry.key, item.title]));
    writeFileSync(join(scratch, contentsFile), JSON.stringify({ format: "strata/mirror@1", items: contents }));
    await run({
      what: `writing ${file}`,
      command: "tar",
      args: [
        ...[
          "--create",
          "--file",
          resolve(file),
          "--format=gnu",
          "--owner=0",
          "--group=0",
          "--numeric-owner",
          "--hard-dereference",
        ],
        ...["--directory", scratch, contentsFile, "--directory", join(cacheDirectory(), "mirror")],
        ...ready.map(({ entry }) => entry.key),
      ],
      limitSeconds,
    });
  } finally {
    await removePrivateDirectory(scratch);
  }
  return {
    items: ready.map(({ item }) => item.title),
    left: entries
      .filter(({ entry }) => entry.state !== "ready")
      .map(({ item, entry }) => `${item.title}: ${entry.state}`),
    sha256: sha256OfFile(file),
  };
}

export interface Imported {
  items: string[];
  /** What the store had already. */
  present: string[];
  /** What this version of Strata has no use for. */
  unknown: string[];
}

/**
 * Takes the items of an archive into the store. Nothing is unpacked but the files of known items, and none of them is
 * used before its checksum was verified.
 *
 * @param sha256 of the archive, as `export` told it; it protects against an archive that was made anew by somebody else.
 * @param listeners hear of each step of an item, and of each that is in the store then.
 * @throws ArtifactError when the archive or a file in it is damaged or no export.
 */
export async function importItems(
  file: string,
  sha256: string | undefined,
  listeners: { progress?: Progress; done?: (one: { item: Item }) => void } = {},
): Promise<Imported> {
  if (sha256 !== undefined) {
    const actual = sha256OfFile(file);
    if (actual !== sha256)
      throw new ArtifactError(`${file}: its SHA-256 is ${actual}, not ${sha256}; nothing of it was imported`);
  }
  const members = membersOf(file);
  const contents = contentsOf(file, members);
  const known = new Map(items().map((item) => [itemEntry(item).key, item]));
  const imported: Imported = { items: [], present: [], unknown: [] };
  for (const [key, title] of Object.entries(contents)) {
    const item = known.get(key);
    if (item === undefined) {
      imported.unknown.push(title);
      continue;
    }
    if (verifyEntry(itemEntry(item)).state === "ready") imported.present.push(title);
    else {
      await importItem(file, members, item, listeners.progress);
      imported.items.push(title);
    }
    listeners.done?.({ item });
  }
  return imported;
}

async function importItem(
  archive: string,
  members: Map<string, Member>,
  item: Item,
  progress: Progress | undefined,
): Promise<void> {
  const name = itemEntry(item);
  const { key, files, ...details } = recordOf(archive, members, name.key, name.record);
  await buildEntry({
    name,
    what: item.title,
    neededBytes: Object.values(files).reduce((sum, { bytes }) => sum + bytes, 1e6),
    limitSeconds,
    progress,
    make: async (directory, report) => {
      report({ phase: "unpack", text: "importing" });
      for (const [path, { sha256 }] of Object.entries(files)) {
        const member = members.get(`${key}/${path}`);
        if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(path) || member === undefined) {
          throw new ArtifactError(`${archive}: ${item.title}: ${path} is missing in it; export it again`);
        }
        const target = join(directory, path);
        const range = { start: member.offset, end: member.offset + member.bytes - 1 };
        await pipeline(
          createReadStream(archive, range),
          createWriteStream(target, { mode: item.kind === "file" ? 0o755 : 0o644 }),
        );
        const actual = sha256OfFile(target);
        if (actual === sha256) continue;
        throw new ArtifactError(
          `${archive}: ${item.title}: ${path} is damaged (its SHA-256 is ${actual}, recorded was ${sha256}); it was not imported, export it again`,
        );
      }
      return { ...details, imported: true };
    },
  });
}

function membersOf(file: string): Map<string, Member> {
  try {
    return indexTar(file);
  } catch (error) {
    const reason = messageOf(error);
    throw new ArtifactError(`${reason}; an archive is made by: strata mirror export FILE`, { cause: error });
  }
}

function contentsOf(file: string, members: Map<string, Member>): Record<string, string> {
  try {
    const member = members.get(contentsFile);
    if (member !== undefined) return contentsSchema.parse(JSON.parse(readMember(file, member).toString())).items;
  } catch {
    // Said below.
  }
  throw new ArtifactError(
    `${file} is no export of a mirror: it has no readable ${contentsFile}; make one with: strata mirror export FILE`,
  );
}

function recordOf(file: string, members: Map<string, Member>, key: string, record: string): EntryRecord {
  try {
    const member = members.get(`${key}/${record}`);
    const parsed = recordSchema.parse(JSON.parse(member === undefined ? "" : readMember(file, member).toString()));
    if (parsed.key === key) return parsed;
  } catch {
    // Said below.
  }
  throw new ArtifactError(`${file}: the record of ${key} is damaged; export it again`);
}
