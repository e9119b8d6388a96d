import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { ProviderError } from "../../kit/plain/errors.ts";

/** Arguments of a process as it shows them; empty if it has gone. */
export function argumentsOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").slice(0, -1);
  } catch {
    return [];
  }
}

/**
 * Processes that have all of these among their arguments. The process table is the only record that never lies: a file
 * with a process id survives a reboot, and a killed run has not yet written one.
 */
export function processesWith(...words: (string | RegExp)[]): number[] {
  const has = (own: string[], word: string | RegExp) =>
    typeof word === "string" ? own.includes(word) : own.some((one) => word.test(one));
  return processesWhere((own) => own.length > 0 && words.every((word) => has(own, word)));
}

/** Processes that have an argument which begins so. */
export function processesWithPrefix(prefix: string): number[] {
  return processesWhere((own) => own.some((word) => word.startsWith(prefix)));
}

function processesWhere(wanted: (args: string[]) => boolean): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => wanted(argumentsOf(pid)));
}

/** Whether a process's network has a listener at this IPv4 address. Looks it up; a connection would be seen there. */
export function listens(pid: number | "self", address: string, port: number): boolean {
  let table: string;
  try {
    table = readFileSync(`/proc/${pid}/net/tcp`, "utf8");
  } catch {
    return false;
  }
  const hex = (value: number, digits: number) => value.toString(16).toUpperCase().padStart(digits, "0");
  // The kernel prints an address as one number in the byte order of the machine.
  const bytes = address.split(".").reverse();
  const wanted = `${bytes.map((byte) => hex(Number(byte), 2)).join("")}:${hex(port, 4)}`;
  const listening = "0A";
  return table.split("\n").some((line) => {
    const [, local, , state] = line.trim().split(/\s+/);
    return local === wanted && state === listening;
  });
}

/** Whether something listens at a Unix socket of this path. */
export function listensAt(path: string): boolean {
  const accepting = "00010000";
  return readFileSync("/proc/net/unix", "utf8")
    .split("\n")
    .some((line) => line.endsWith(` ${path}`) && line.split(/\s+/)[3] === accepting);
}

/** A program that goes on after this plugin, and where it is to listen. */
export interface Detached {
  command: string;
  args: string[];
  /** For messages: an address and a port, or a path. */
  at: string;
  /** Whether the process with this id listens there. */
  ready: (pid: number) => boolean;
  /** File for what it prints. */
  log?: string;
  /** Its whole environment: the plugin's own holds the engine's passphrase. */
  environment: Record<string, string | undefined>;
}

/**
 * Starts a program in a session of its own and returns once it listens.
 *
 * @throws ProviderError if it ends first, or does not listen within the limit.
 */
export async function startDetached(program: Detached, limitMs: number, signal: AbortSignal): Promise<number> {
  const { command, args, at, ready, log } = program;
  const output = log === undefined ? "ignore" : openSync(log, "a", 0o600);
  const child = spawn(command, args, {
    detached: true,
    stdio: ["ignore", output, output],
    env: { PATH: process.env.PATH, ...program.environment },
    cwd: "/",
  });
  child.unref();
  if (typeof output === "number") closeSync(output);
  const end: { reason?: string } = {};
  void once(child, "exit").then(
    ([status, killed]) => (end.reason = `it ended with ${String(status ?? killed)}`),
    (error: unknown) => (end.reason = String(error)),
  );
  const until = Date.now() + limitMs;
  while (end.reason === undefined && Date.now() < until) {
    if (child.pid !== undefined && ready(child.pid)) return child.pid;
    if (signal.aborted) child.kill();
    signal.throwIfAborted();
    await sleep(20);
  }
  child.kill();
  const why = end.reason ?? `it does not listen at ${at} after ${limitMs / 1000} s`;
  throw new ProviderError(`${command} could not be started: ${why}`);
}
