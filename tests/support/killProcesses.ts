import { readdirSync, readFileSync } from "node:fs";

/** SIGKILLs each process that has this variable in its environment ("NAME=value") and a command line that is meant. */
export function killProcesses(variable: string, isMeant: (command: string) => boolean): void {
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)) {
    try {
      const variables = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      if (variables.includes(variable) && isMeant(command)) process.kill(Number(pid), "SIGKILL");
    } catch {
      // It ended in between.
    }
  }
}

export const isEngine = (command: string): boolean => /^(\S*\/)?pulumi /.test(command);

export const isPlugin =
  (name: string) =>
  (command: string): boolean =>
    command.includes(`providers/${name}/main.ts`);
