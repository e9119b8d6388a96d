import { readdirSync, readFileSync } from "node:fs";

/** A process with its command line, words separated by blanks. */
export interface Found {
  pid: number;
  command: string;
}

/** Processes that have this variable in their environment ("NAME=value"), this one apart. */
export function processesWith(variable: string): Found[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const variables = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
        const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
        return variables.includes(variable) ? [{ pid: Number(pid), command }] : [];
      } catch {
        // It ended in between.
        return [];
      }
    });
}

/** Sends a signal to those that are still there. @returns how many it reached. */
export function signalAll(found: readonly Found[], signal: NodeJS.Signals): number {
  return found.filter(({ pid }) => {
    try {
      process.kill(pid, signal);
      return true;
    } catch {
      return false;
    }
  }).length;
}

/**
 * SIGKILLs each process that has this variable in its environment ("NAME=value") and a command line that is meant.
 *
 * @returns how many there were.
 */
export function killProcesses(variable: string, isMeant: (command: string) => boolean): number {
  return signalAll(
    processesWith(variable).filter(({ command }) => isMeant(command)),
    "SIGKILL",
  );
}

export const isEngine = (command: string): boolean => /^(\S*\/)?pulumi /.test(command);

export const isPlugin =
  (name: string) =>
  (command: string): boolean =>
    command.includes(`providers/${name}/main.ts`);
