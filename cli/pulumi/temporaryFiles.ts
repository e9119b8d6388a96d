import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { holderOf, isOrphaned, tryLock, withLock } from "../../local/lock.ts";
import {
  newTemporaryDirectory,
  removePrivateDirectory,
  temporaryDirectories,
} from "../../providers/kit/plain/privateDirectory.ts";

const prefix = "strata-run-";

/** Held by the run, and by the engine that it started: whose lock is free, that run is over. */
const lockName = ".lock";

/** Such a directory is made and locked within milliseconds: of a younger one, its lock has to say whose it was. */
const youngMs = 60 * 1000;
const dayMs = 24 * 60 * 60 * 1000;

/** Another run looks now and then whether a lock is free; that takes it milliseconds. */
const limitSeconds = 20;

/**
 * Does work whose temporary files go when it ends: a plugin of Pulumi's writes a cluster's kubeconfig into one for each
 * run, and leaves it. What runs that were killed have left goes too.
 *
 * @param work gets the directory, readable by this user alone, for the environment's TMPDIR.
 * @param shared where it is made; $TMPDIR or /tmp.
 */
export async function withTemporaryFiles<Result>(
  work: (directory: string) => Promise<Result>,
  shared?: string,
): Promise<Result> {
  for (const directory of temporaryDirectories(prefix, shared)) await removeDead(directory);
  const directory = newTemporaryDirectory(prefix, shared);
  try {
    const options = { doing: "runs the engine", limitSeconds };
    return await withLock(join(directory, lockName), options, () => work(directory));
  } finally {
    await remove(directory);
  }
}

async function removeDead(directory: string): Promise<void> {
  if (await isDead(directory).catch(() => false)) await remove(directory);
}

/** What can't be removed is no reason for a run to fail; a later one tries again. */
const remove = (directory: string): Promise<void> => removePrivateDirectory(directory).catch(() => undefined);

/** One without a lock is an older version's. */
async function isDead(directory: string): Promise<boolean> {
  const age = Date.now() - (statSync(directory, { throwIfNoEntry: false })?.mtimeMs ?? Infinity);
  const file = join(directory, lockName);
  const holder = holderOf(file);
  if (age < youngMs && (holder === undefined || !isOrphaned(holder))) return false;
  if (!existsSync(file)) return age > dayMs;
  const lock = await tryLock(file, "clears up");
  await lock?.release();
  return lock !== undefined;
}
