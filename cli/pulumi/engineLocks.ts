import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { isGone } from "../../local/processFate.ts";
import { stackFileName } from "../../local/stateDirectory.ts";
import { writeWhole } from "../../local/writeWhole.ts";
import { readEngineFile, unreadable } from "./engineFile.ts";
import { UserError } from "../terminal/userError.ts";

/** What the engine's file backend writes into a lock. */
const lockSchema = z.object({
  pid: z.number(),
  username: z.string(),
  hostname: z.string(),
  timestamp: z.iso.datetime({ offset: true }),
});

/** Beside each file of the backend stands one of its attributes, named so. */
const attributes = ".attrs";

/** A lock, or one that was being written: the engine takes it for a lock, too. Whatever else is there is none of ours. */
const lockName = /^\.?[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}\.json/;

type EngineLock = z.infer<typeof lockSchema>;

/** The engine writes a lock under its name in one step: one that can't be read for so long was damaged. */
const damagedMs = 1000;

/**
 * Takes away the engine's locks of a stack whose owners are certainly gone: it does so itself only when it ends in order.
 *
 * @param folder of the engine's file backend. @param say hears of each that was taken over.
 * @throws UserError where an owner may be alive: who it is, and what to do.
 */
export async function takeOverEngineLocks(
  folder: string,
  stack: string,
  say: (sentence: string) => void,
): Promise<void> {
  for (const file of lockFiles(folder, stack)) {
    const lock = await readLock(file);
    if (lock === "absent") continue;
    const problem = lock === "damaged" ? undefined : whyAlive(lock, stack);
    if (problem !== undefined) throw new UserError(problem);
    for (const each of [file, `${file}${attributes}`]) rmSync(each, { force: true });
    say(
      lock === "damaged"
        ? `the engine's lock of ${stack} was damaged, as by a power cut: it is removed`
        : `process ${lock.pid}, which has held the engine's lock of ${stack} since ${timeOf(lock)}, is gone: its lock is taken over`,
    );
  }
}

/**
 * Takes the engine's lock of a stack, so that plain `pulumi up` refuses to change what is measured meanwhile. Call it when
 * there is no other.
 *
 * @returns gives it back.
 * @throws UserError where the engine began just now, too.
 */
export async function holdEngineLock(folder: string, stack: string): Promise<() => void> {
  const file = join(locksOf(folder, stack), `${randomUUID()}.json`);
  const release = (): void => {
    rmSync(file, { force: true });
  };
  const lock: EngineLock = {
    pid: process.pid,
    username: userInfo().username,
    hostname: hostname(),
    timestamp: new Date().toISOString(),
  };
  mkdirSync(locksOf(folder, stack), { recursive: true, mode: 0o700 });
  writeWhole(file, JSON.stringify(lock), 0o600);
  try {
    // The engine looks for others' locks after it has written its own, too: of two that begin at once none goes on.
    for (const other of lockFiles(folder, stack).filter((name) => name !== file)) {
      const found = await readLock(other);
      const problem = typeof found === "string" ? undefined : whyAlive(found, stack);
      if (problem !== undefined) throw new UserError(problem);
    }
  } catch (error) {
    release();
    throw error;
  }
  return release;
}

const locksOf = (folder: string, stack: string): string =>
  join(folder, ".pulumi/locks/organization/strata", stackFileName(stack));

function lockFiles(folder: string, stack: string): string[] {
  const directory = locksOf(folder, stack);
  const names = namesIn(directory).filter((name) => lockName.test(name) && !name.endsWith(attributes));
  return names.map((name) => join(directory, name));
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw unreadable(directory, error);
  }
}

async function readLock(file: string): Promise<EngineLock | "damaged" | "absent"> {
  const lock = readEngineFile(file, lockSchema);
  if (lock !== "damaged") return lock;
  await sleep(damagedMs);
  return readEngineFile(file, lockSchema);
}

function whyAlive(lock: EngineLock, stack: string): string | undefined {
  const { pid, username, hostname: host } = lock;
  const words = `process ${pid} of ${username}`;
  if (host !== hostname()) {
    return (
      `testbed ${stack} is locked by the engine: ${words} on ${host} (since ${timeOf(lock)}), which can't be seen from here; ` +
      `wait for it to end or, if it is certainly gone: eval "$(./strata env)" && pulumi cancel ${stack} --yes`
    );
  }
  if (isGone(pid, Date.parse(lock.timestamp))) return undefined;
  return (
    `testbed ${stack} is locked by the engine: ${words} works on it (since ${timeOf(lock)}); ` +
    `wait for it to end, or have it end (kill -INT ${pid}), then try again`
  );
}

function timeOf({ timestamp }: EngineLock): string {
  return `${new Date(timestamp).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}
