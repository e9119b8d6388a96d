import type { Command } from "commander";
import { execa } from "execa";
import { join } from "node:path";
import { readTestbed } from "../benchmarks/stack.ts";
import type { TestbedOutputs } from "../components/contract/testbed.ts";
import { stackDirectory } from "../providers/kit/stateDirectory.ts";
import { UserError } from "./userError.ts";

export function register(program: Command): void {
  program
    .command("ssh <stack> <machine> [command...]")
    .description("log in to a machine, or run one command on it")
    .addHelpText(
      "after",
      "\nExamples:\n  strata ssh quickstart edge-0\n  strata ssh quickstart edge-0 tc qdisc show dev eth0\n",
    )
    .passThroughOptions()
    .action(async (stack: string, machine: string, command: string[]) => {
      const testbed = await readTestbed(stack);
      const args = sshArguments(testbed, machine);
      // No time limit: this is the user's own session.
      const { exitCode } = await execa("ssh", [...args, ...command], { stdio: "inherit", reject: false });
      process.exitCode = exitCode ?? 255;
    });
}

/** The command a person types to log in to a machine. */
export function sshCommand(testbed: TestbedOutputs, machine: string): string {
  return `./strata ssh ${testbed.name} ${machine}`;
}

function sshArguments(testbed: TestbedOutputs, name: string): string[] {
  const machine = testbed.machines.find((candidate) => candidate.name === name);
  if (machine === undefined) {
    const names = testbed.machines.map((candidate) => candidate.name).join(", ");
    throw new UserError(`testbed ${testbed.name} has no machine ${name}; it has ${names}`);
  }
  return ["-F", join(stackDirectory(testbed.name), "ssh_config"), machine.address];
}
