import type { Command } from "commander";
import { execa } from "execa";
import { existsSync } from "node:fs";
import { accessPaths } from "../providers/strata/access/files.ts";
import { knownMachines } from "../providers/strata/access/machineFile.ts";
import { UserError } from "./terminal/userError.ts";

export function register(program: Command): void {
  program
    .command("ssh <stack> <machine> [command...]")
    .description("log in to a machine, or run one command on it; also while `up` runs, and after one that failed")
    .addHelpText(
      "after",
      "\nExamples:\n  strata ssh quickstart edge-0\n  strata ssh quickstart edge-0 tc qdisc show dev eth0\n",
    )
    .passThroughOptions()
    .action(async (stack: string, machine: string, command: string[]) => {
      const args = sshArguments(stack, machine);
      // No time limit: this is the user's own session.
      const { exitCode } = await execa("ssh", [...args, ...command], { stdio: "inherit", reject: false });
      process.exitCode = exitCode ?? 255;
    });
}

/** The command a person types to log in to a machine. */
export function sshCommand(stack: string, machine: string): string {
  return `./strata ssh ${stack} ${machine}`;
}

/**
 * What ssh is called with to reach a machine: by what lies in the stack's folder, for a stack has outputs only once all
 * of it is up.
 *
 * @throws UserError when ssh knows no such machine, with those that it knows.
 */
export function sshArguments(stack: string, machine: string): string[] {
  const names = knownMachines(stack).map(({ name }) => name);
  const { sshConfiguration } = accessPaths(stack);
  if (names.length === 0 || !existsSync(sshConfiguration)) {
    throw new UserError(
      `this checkout has started no machine of testbed ${stack}; build it: strata up ${stack} (strata list shows all testbeds)`,
    );
  }
  if (names.includes(machine)) return ["-F", sshConfiguration, machine];
  throw new UserError(`testbed ${stack} has no machine ${machine}; it has ${names.join(", ")}`);
}
