import { constants } from "node:fs";
import { access, lstat, readdir, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Operation } from "../../kit/crud.ts";
import { ProviderError } from "../../kit/plain/errors.ts";
import { ownerDigits, ownerOf } from "../xml/ownership.ts";
import type { Libvirt } from "../rpc/libvirt.ts";

/** The empty file beside a log that says which machine's it is; made before the machine is. */
const markOf = (path: string, urn: string): string => `${path}.owner-${ownerDigits(ownerOf(urn))}`;

/**
 * Sees to it that the log of a machine overwrites nothing of anyone else's: libvirt begins the file anew at each start.
 *
 * @param path as the program gave it.
 * @param known whether a machine of this resource writes there already.
 * @returns the path if the file goes with the machine; "" where it is not this process's to remove: on another machine,
 * in a directory that it may not write to, or where a file was there, without anything in it.
 * @throws ProviderError where a file with something in it is there that this resource did not cause.
 */
export async function claimLog(
  { context, urn }: Operation<Libvirt>,
  path: string | undefined,
  known: boolean,
): Promise<string> {
  if (path === undefined || context.isTest || context.isRemote) return "";
  if (!(await mayWrite(dirname(path)))) return "";
  const there = await stat(path).catch(() => undefined);
  const mark = markOf(path, urn);
  const marked = await isOwn(mark);
  if (there && !marked && !known) {
    if (there.size === 0) return "";
    throw new ProviderError(
      `consoleLog: there is already a file ${path}, which this machine did not write and libvirt would begin anew; ` +
        `choose another path, or remove it`,
    );
  }
  if (marked) return path;
  try {
    // It follows no link.
    await writeFile(mark, "", { mode: 0o600, flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw new ProviderError(
      `consoleLog: ${mark} is somebody else's, or no plain file; remove it, or choose another path`,
    );
  }
  return path;
}

/** Whoever may write to the log's directory can have put something by this name there. */
async function isOwn(mark: string): Promise<boolean> {
  const found = await lstat(mark).catch(() => undefined);
  return found !== undefined && found.isFile() && found.uid === process.getuid?.();
}

/** Removes a log that {@link claimLog} answered for, on this machine only. */
export async function dropLog({ context, urn }: Operation<Libvirt>, path: string | undefined): Promise<void> {
  if (path === undefined || path === "" || context.isTest || context.isRemote) return;
  // Where the daemon runs as another user, the file is not ours to remove.
  for (const file of [path, ...(await olderThan(path)), markOf(path, urn)])
    await rm(file, { force: true }).catch(() => undefined);
}

/** What virtlogd has put aside of a log that was full: "machine.log.0", "machine.log.1". */
async function olderThan(path: string): Promise<string[]> {
  const name = basename(path);
  const all = await readdir(dirname(path)).catch(() => []);
  return all
    .filter((other) => other.startsWith(`${name}.`) && /^\d+$/.test(other.slice(name.length + 1)))
    .map((other) => join(dirname(path), other));
}

function mayWrite(directory: string): Promise<boolean> {
  return access(directory, constants.W_OK).then(
    () => true,
    () => false,
  );
}
