import { existsSync, statfsSync } from "node:fs";
import { dirname } from "node:path";
import { ArtifactError } from "./errors.ts";

/** Free bytes for this user on the file system that holds `path`, which need not exist yet. */
export function freeBytes(path: string): number {
  let existing = path;
  while (!existsSync(existing)) existing = dirname(existing);
  const { bavail, bsize } = statfsSync(existing);
  return bavail * bsize;
}

/**
 * Refuses to start a build that can't fit.
 *
 * @throws ArtifactError naming what, how much is free and needed, and the fix.
 */
export function requireSpace(what: string, directory: string, neededBytes: number): void {
  const free = freeBytes(directory);
  if (free < neededBytes) throw new ArtifactError(noSpace(what, directory, free, neededBytes));
}

/** Below this, a failed build is put down to the disk even where the failing program did not say so. */
const fullBytes = 16 * 2 ** 20;

/** Whether a failed build failed because the disk is full: by its error, or by what is left. */
export function isDiskFull(error: unknown, directory: string): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  return (
    code === "ENOSPC" || /no space left on device|disk full|ENOSPC/i.test(message) || freeBytes(directory) < fullBytes
  );
}

export function noSpace(what: string, directory: string, free: number, needed: number): string {
  return (
    `${what}: the disk of ${directory} is full: ${megabytes(free)} free, about ${megabytes(needed)} needed; ` +
    "free some space, or set STRATA_CACHE to a directory on a larger disk, then try again; nothing half-built was kept"
  );
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
