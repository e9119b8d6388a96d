import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { markUsed } from "../../local/cacheUse.ts";
import { holderText, withLock, type Holder } from "../../local/lock.ts";
import { flush, writeWhole } from "../../local/writeWhole.ts";
import { cancelSignal } from "./cancel.ts";
import { sha256OfFile } from "./checksum.ts";
import { freeBytes, isDiskFull, noSpace, requireSpace } from "./diskSpace.ts";
import { entryDirectory, verifyEntry, type Entry, type EntryName, type FileRecord } from "./entry.ts";
import { ArtifactError } from "./errors.ts";
import { reportOn, type Progress, type Report } from "./progress.ts";

export interface EntryBuild {
  name: EntryName;
  /** For messages: "machine image 3f2a9c0d1b7e4455". */
  what: string;
  /** Refuse to start with less free disk space, in bytes. */
  neededBytes: number;
  /** Made anew where it is there already, which stays until the new one is complete. */
  anew?: boolean;
  /** How long to wait for another process that builds the same, in seconds. */
  limitSeconds: number;
  progress?: Progress | undefined;
  /**
   * Writes the entry's files into `directory`. What it returns goes into the entry's record, beside key and files.
   * Nothing else may be left in `directory`.
   */
  make: (directory: string, report: Report) => Promise<Record<string, unknown>>;
}

/**
 * Gives the entry, building it where it is missing or corrupt. It is built in a directory of its own and renamed into
 * place when complete, so an interrupted or failed build leaves no entry.
 *
 * @throws ArtifactError when the disk is full (with what is free and the fix), or when `make` throws one.
 */
export async function buildEntry(build: EntryBuild): Promise<Entry> {
  const directory = entryDirectory(build.name);
  const report = reportOn(build.what, build.progress);
  mkdirSync(dirname(directory), { recursive: true });
  const lock = {
    doing: `builds ${build.what}`,
    limitSeconds: build.limitSeconds,
    onWait: (holder: Holder | undefined) => {
      report({ phase: "wait", text: `waiting: ${holderText(holder)}` });
    },
    signal: cancelSignal(),
  };
  return withLock(`${directory}.lock`, lock, async () => {
    const existing = verifyEntry(build.name);
    if (existing.state === "ready" && build.anew !== true) {
      markUsed(build.name.kind, build.name.key);
      return existing;
    }
    if (existing.state === "corrupt") {
      report({ phase: "discard", text: `removing the corrupt copy: ${existing.problem ?? ""}` });
      rmSync(directory, { recursive: true, force: true });
    }
    await makeEntry(build, directory, report);
    markUsed(build.name.kind, build.name.key);
    return { key: build.name.key, directory, state: "ready" };
  });
}

async function makeEntry(build: EntryBuild, directory: string, report: Report): Promise<void> {
  const temporary = `${directory}.building`;
  // The lock is ours, so whatever is there is of a build that was interrupted.
  rmSync(temporary, { recursive: true, force: true });
  requireSpace(build.what, temporary, build.neededBytes);
  mkdirSync(temporary);
  try {
    const details = await build.make(temporary, report);
    report({ phase: "record", text: "recording checksums" });
    const files = recordFiles(temporary);
    const record = { key: build.name.key, ...details, files };
    writeWhole(join(temporary, build.name.record), `${JSON.stringify(record, undefined, 2)}\n`);
    rmSync(directory, { recursive: true, force: true });
    renameSync(temporary, directory);
    flush(dirname(directory));
  } catch (error) {
    const full = isDiskFull(error, temporary);
    const free = freeBytes(temporary);
    rmSync(temporary, { recursive: true, force: true });
    if (full)
      throw new ArtifactError(noSpace(build.what, dirname(directory), free, build.neededBytes), { cause: error });
    throw error;
  }
}

/** Size, checksum and time of every file, each written through to the disk first. */
function recordFiles(directory: string): Record<string, FileRecord> {
  const paths = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return Object.fromEntries(
    paths.map((path) => {
      flush(path);
      const { size, mtimeMs } = statSync(path);
      return [relative(directory, path), { sha256: sha256OfFile(path), bytes: size, modifiedMs: mtimeMs }];
    }),
  );
}
