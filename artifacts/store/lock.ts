import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { cancelSignal } from "./cancel.ts";
import { ArtifactError } from "./errors.ts";

export interface LockOptions {
  /** What the lock guards, for messages: "machine image 3f2a9c0d1b7e4455". */
  what: string;
  /** How long to wait for another process, in seconds. */
  limitSeconds: number;
  /** Called once when another process holds the lock. */
  onWait?: (holder: number) => void;
}

const pollMs = 200;

/**
 * Runs `work` while holding the lock file, so that two processes never build the same thing. The lock of a process
 * that died is taken over.
 *
 * @throws ArtifactError when the holder has not finished within the limit.
 */
export async function withLock<T>(file: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  await acquire(file, options);
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

async function acquire(file: string, options: LockOptions): Promise<void> {
  const deadline = performance.now() + options.limitSeconds * 1000;
  let told = false;
  while (!create(file)) {
    const holder = holderOf(file);
    if (holder !== undefined && !isAlive(holder)) {
      takeAway(file, holder);
      continue;
    }
    if (!told && holder !== undefined) options.onWait?.(Number(holder.split(" ")[0]));
    told = true;
    if (performance.now() > deadline) {
      throw new ArtifactError(
        `${options.what} is still being built by process ${holder ?? "unknown"} after ${options.limitSeconds} s; ` +
          `wait for it or end it, then try again (lock: ${file})`,
      );
    }
    await sleep(pollMs, undefined, { signal: cancelSignal() });
  }
}

/** A lock file names its holder by process id and start time: an id alone may be another process's by now. */
function create(file: string): boolean {
  try {
    writeFileSync(file, `${process.pid} ${startTime(process.pid) ?? ""}`, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Content of the lock file; undefined when it is gone, or not written yet. */
function holderOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8") || undefined;
  } catch {
    return undefined;
  }
}

function isAlive(holder: string): boolean {
  const [pid = "", since = ""] = holder.split(" ");
  return startTime(Number(pid)) === since;
}

/** When a process began, in clock ticks since boot (field 22 of /proc/PID/stat); undefined when there is none. */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is the program's name in parentheses, which may hold spaces.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}

/** Removes the lock of a dead process, unless another process took it over in the meantime. */
function takeAway(file: string, holder: string): void {
  const aside = `${file}.dead-${process.pid}`;
  try {
    renameSync(file, aside);
    if (readFileSync(aside, "utf8") !== holder) linkSync(aside, file);
  } catch {
    // Another process was faster; the next round sees what it did.
  } finally {
    rmSync(aside, { force: true });
  }
}
