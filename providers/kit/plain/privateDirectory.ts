import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, statSync, type Stats } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { ProviderError } from "./errors.ts";

// The one maker of directories where other users may make some too: below /tmp, $TMPDIR, $XDG_RUNTIME_DIR and /run.
// There, whatever has the right name may be somebody else's, or a link to what must not be touched.

/** Nobody else may read or enter it; with 0o711 others may pass through, to what they know the name of. */
type Mode = 0o700 | 0o711;

/** Sockets' names of 107 characters have to hold a directory's name, and ssh's hash and scratch name of 57. */
const longestRuntime = 20;

const me = (): number => process.getuid?.() ?? 0;

/**
 * Where directories go whose names must be short and known beforehand: $XDG_RUNTIME_DIR, where that is this user's own
 * (under sudo it may be the other's) and short; else /tmp.
 */
export function sharedRoot(): string {
  const runtime = process.env.XDG_RUNTIME_DIR ?? "";
  // ssh's configuration and a shell see it as a word.
  const plain = /^\/[\w/.-]+$/.test(runtime) && runtime.length <= longestRuntime;
  return plain && ownerOf(runtime) === me() ? runtime : "/tmp";
}

const ownerOf = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.uid;

/**
 * Makes a directory that is this user's alone, or opens the one that is. The directory above it is the shared one and must
 * be there.
 *
 * @returns its path.
 * @throws ProviderError when something else has its name, which is left as it is.
 */
export function privateDirectory(path: string, mode: Mode = 0o700): string {
  requireShared(dirname(path));
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const found = lstatSync(path);
  requirePrivate(path, found, mode);
  if ((found.mode & 0o777) !== mode) chmodSync(path, mode);
  return path;
}

/** The same as a shell's condition, for a path of {@link sharedRoot}; it says nothing. */
export function privateDirectoryCondition(path: string): string {
  return `{ mkdir -m 700 ${path} 2>/dev/null; test -d ${path} && test -O ${path} && ! test -L ${path}; }`;
}

/** A new directory of this user alone, below $TMPDIR or /tmp, of a name that nobody can know beforehand. */
export function newTemporaryDirectory(prefix: string, shared = tmpdir()): string {
  requireShared(resolve(shared));
  return mkdtempSync(join(resolve(shared), prefix));
}

/** Temporary directories of this user alone whose names begin so. */
export function temporaryDirectories(prefix: string, shared = tmpdir()): string[] {
  const names = readdirSync(shared).filter((name) => name.startsWith(prefix));
  return names.map((name) => join(resolve(shared), name)).filter(isPrivateDirectory);
}

/** Does work in a new temporary directory, which goes when the work ends, however it ends. */
export async function withTemporaryDirectory<Result>(
  prefix: string,
  work: (directory: string) => Promise<Result>,
  shared = tmpdir(),
): Promise<Result> {
  const directory = newTemporaryDirectory(prefix, shared);
  try {
    return await work(directory);
  } finally {
    await removePrivateDirectory(directory);
  }
}

/**
 * Removes a directory and all in it; links in it are removed, not followed. Nothing happens if it is not there.
 *
 * @throws ProviderError when it is not this user's alone: it is left as it is.
 */
export async function removePrivateDirectory(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  requireShared(dirname(path));
  requirePrivate(path, found, 0o711);
  await rm(path, { recursive: true, force: true });
}

/** Whether a directory is there and is this user's alone. */
export function isPrivateDirectory(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found !== undefined && problemOf(found) === undefined;
}

function requirePrivate(path: string, found: Stats, mode: Mode): void {
  const problem = problemOf(found, mode);
  if (problem === undefined) return;
  throw new ProviderError(
    `${path} ${problem}, where Strata keeps what nobody else may touch; it is left as it is. ` +
      `Find out who made it, remove it, and try again`,
  );
}

function problemOf(found: Stats, mode: Mode = 0o700): string | undefined {
  if (found.isSymbolicLink()) return "is a symbolic link";
  if (!found.isDirectory()) return "is no directory";
  if (found.uid !== me()) return `belongs to user ${found.uid}`;
  if ((found.mode & 0o077 & ~mode) !== 0) return `is open to other users (mode ${(found.mode & 0o777).toString(8)})`;
  return undefined;
}

/**
 * Whoever owns a directory above ours, or may rename what is in it, can put theirs in its place: each has to be root's or this
 * user's, and sticky where all may write. So has each link on the way.
 */
function requireShared(path: string): void {
  const links = pathsTo(path).filter((above) => lstatSync(above).isSymbolicLink());
  const problems = [
    ...links.map((link) => ({ at: link, problem: foreign(lstatSync(link)) })),
    ...pathsTo(realpathSync(path)).map((above) => ({ at: above, problem: unsafe(statSync(above)) })),
  ];
  const [found] = problems.filter(({ problem }) => problem !== undefined);
  if (found === undefined) return;
  throw new ProviderError(
    `${path} can't hold files of this user alone: ${found.at} ${found.problem ?? ""}; ` +
      "set TMPDIR to a directory of your own, or mend this one's owner and mode (as root: chown 0, chmod 1777)",
  );
}

/** "/", "/var", "/var/tmp". */
function pathsTo(path: string): string[] {
  const above = dirname(path);
  return above === path ? [path] : [...pathsTo(above), path];
}

const foreign = ({ uid }: Stats): string | undefined =>
  uid === 0 || uid === me() ? undefined : `belongs to user ${uid}`;

function unsafe(found: Stats): string | undefined {
  const open = (found.mode & 0o002) !== 0 && (found.mode & 0o1000) === 0;
  return foreign(found) ?? (open ? "lets everybody rename what is in it" : undefined);
}
