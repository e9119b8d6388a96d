import { spawn } from "node:child_process";
import { AsyncLocalStorage } from "node:async_hooks";
import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { z } from "zod";
import { ProviderError } from "../providers/kit/plain/errors.ts";
import { isGone } from "./processFate.ts";

// Locks are the kernel's (flock), on a file that this process opened. Nothing has to judge whether a holder lives, which
// an id of a process can't tell between hosts or containers: a lock ends with the last process that has the open file,
// and it holds between containers of one kernel and, from NFS 4 on, between hosts. Node has no call for it; the program
// `flock` locks the open file that it inherits, and ends. What stands in the file only tells people who has it.

export interface LockOptions {
  /** What the holder does with it, for those who wait: "builds machine image 3f2a9c0d1b7e4455". */
  doing: string;
  /** How long to wait for another process, in seconds. */
  limitSeconds: number;
  /** Called once when another process holds the lock; what it throws ends the waiting. */
  onWait?: (holder: Holder | undefined) => void;
  /** Ends the waiting. */
  signal?: AbortSignal | undefined;
}

export interface Lock {
  /** The open file: a process that inherits it holds the lock as well, until it ends. */
  descriptor: number;
  release: () => Promise<void>;
}

const holderSchema = z.object({ doing: z.string(), pid: z.number(), host: z.string(), since: z.string() });
export type Holder = z.infer<typeof holderSchema>;

const held = new AsyncLocalStorage<readonly number[]>();

/**
 * Runs `work` while this process alone holds the lock file.
 *
 * @throws ProviderError if another process keeps it for longer than the limit; it says which.
 */
export async function withLock<T>(file: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  const lock = await takeLock(file, options);
  try {
    return await held.run([...heldLocks(), lock.descriptor], work);
  } finally {
    await lock.release();
  }
}

/**
 * The locks under which this work is done. A program that inherits them keeps others from beginning the same beside it, when
 * this process is killed and it is not.
 */
export function heldLocks(): readonly number[] {
  return held.getStore() ?? [];
}

/** @throws ProviderError as {@link withLock}. */
export async function takeLock(file: string, options: LockOptions): Promise<Lock> {
  const { doing, limitSeconds, onWait, signal } = options;
  const deadline = performance.now() + limitSeconds * 1000;
  mkdirSync(dirname(file), { recursive: true });
  const lock = await tryLock(file, doing);
  if (lock !== undefined) return lock;
  onWait?.(holderOf(file));
  for (;;) {
    signal?.throwIfAborted();
    const left = (deadline - performance.now()) / 1000;
    const taken = left > 0 ? await attempt(file, doing, left, signal) : "busy";
    if (typeof taken === "object") return taken;
    if (taken === "busy") {
      throw new ProviderError(
        `${holderText(holderOf(file))}, and has not ended within ${limitSeconds} s; ` +
          `wait for it or end it, then try again (lock: ${file})`,
      );
    }
  }
}

/** The lock, unless another process has it. The folder must be there: one that was removed does not come back by a look at it. */
export async function tryLock(file: string, doing: string): Promise<Lock | undefined> {
  for (;;) {
    const taken = await attempt(file, doing, 0);
    if (typeof taken === "object") return taken;
    if (taken === "busy") return undefined;
  }
}

/** Who holds a lock, as a sentence; undefined: nobody does. Nobody is kept from it, and no lock file is made. */
export async function heldBy(file: string): Promise<string | undefined> {
  if (!existsSync(file)) return undefined;
  const lock = await tryLock(file, "looks whether somebody is at it");
  await lock?.release();
  return lock === undefined ? holderText(holderOf(file)) : undefined;
}

/** Who holds the lock, or held it last and was killed. */
export function holderOf(file: string): Holder | undefined {
  try {
    return holderSchema.parse(JSON.parse(readFileSync(file, "utf8").split("\n")[0] ?? ""));
  } catch {
    return undefined;
  }
}

/** "process 4711 builds machine image 3f2a (since 10:03:12 UTC)"; with the host where it is another one. */
export function holderText(holder: Holder | undefined): string {
  if (holder === undefined) return "another process is at it";
  const { doing, pid, host, since } = holder;
  const where = host === hostname() ? "" : ` on ${host}`;
  return `process ${pid}${where} ${doing} (since ${since.slice(11, 19)} UTC)`;
}

/** True where the holder was killed, and only what it had started holds the lock still. */
export function isOrphaned({ pid, host, since }: Holder): boolean {
  return host === hostname() && isGone(pid, Date.parse(since));
}

/** "gone": the file was removed meanwhile, and the next one is another's to lock. */
async function attempt(
  file: string,
  doing: string,
  seconds: number,
  signal?: AbortSignal,
): Promise<Lock | "busy" | "gone"> {
  const descriptor = openSync(file, "a+");
  let locked = false;
  try {
    if (!(await flock(file, descriptor, seconds, signal))) return "busy";
    locked = isSame(file, descriptor);
    if (!locked) return "gone";
  } finally {
    if (!locked) closeSync(descriptor);
  }
  describe(descriptor, { doing, pid: process.pid, host: hostname(), since: new Date().toISOString() });
  return {
    descriptor,
    release: async () => {
      closeSync(descriptor);
      await removeFree(file);
    },
  };
}

/** Removes a lock file that nobody holds: a process that inherited the lock may go on, and keeps it. */
async function removeFree(file: string): Promise<void> {
  if (!existsSync(file)) return;
  const descriptor = openSync(file, "a+");
  try {
    if ((await flock(file, descriptor, 0)) && isSame(file, descriptor)) rmSync(file);
  } finally {
    closeSync(descriptor);
  }
}

function isSame(file: string, descriptor: number): boolean {
  const [named, open] = [statSync(file, { throwIfNoEntry: false }), fstatSync(descriptor)];
  return named?.ino === open.ino && named.dev === open.dev;
}

/** A full disk keeps nobody from his lock. */
function describe(descriptor: number, holder: Holder): void {
  try {
    ftruncateSync(descriptor);
    writeSync(descriptor, `${JSON.stringify(holder)}\n`);
  } catch {
    // Others then read that "another process" has it.
  }
}

async function flock(file: string, descriptor: number, seconds: number, signal?: AbortSignal): Promise<boolean> {
  const args = seconds > 0 ? ["--wait", seconds.toFixed(3), "3"] : ["--nonblock", "3"];
  // Detached: Ctrl-C is for who waits, and ends this through the signal.
  const child = spawn("flock", args, { detached: true, signal, stdio: ["ignore", "ignore", "pipe", descriptor] });
  let said = "";
  child.stderr?.on("data", (text: Buffer) => {
    said += text.toString();
  });
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once("error", (error) => {
      reject(
        signal?.aborted ? (signal.reason as Error) : new ProviderError(`flock (package util-linux): ${error.message}`),
      );
    });
    child.once("close", resolve);
  });
  if (status === 0) return true;
  if (status === 1 && said === "") return false;
  throw new ProviderError(`${file} can't be locked: ${said.trim() || "flock was ended"}`);
}
