import type { Command } from "commander";
import { readTestbed } from "../benchmarks/stack.ts";
import { knownMachines } from "../providers/strata/access/machineFile.ts";
import { experiments } from "../program/experiment.ts";
import { stackNames } from "./pulumi.ts";
import { sshCommand } from "./ssh.ts";

interface ListedTestbed {
  name: string;
  /** up: built; partial: begun and not finished; none: only its file is there. */
  state: "up" | "partial" | "none";
  /** Of one that is partial those that were started. */
  machines: { name: string; address: string; ssh: string }[];
}

export function register(program: Command): void {
  program
    .command("list")
    .description("list experiments and testbeds, with their machines")
    .option("--json", "print machine-readable output")
    .action(async (options: { json?: boolean }) => {
      const testbeds = await listTestbeds();
      process.stdout.write(options.json ? `${JSON.stringify(testbeds)}\n` : testbeds.map(lines).join(""));
    });
}

async function listTestbeds(): Promise<ListedTestbed[]> {
  const stacks = await stackNames();
  const names = [...new Set([...stacks, ...experiments()])].sort();
  return Promise.all(
    names.map((name): Promise<ListedTestbed> =>
      stacks.includes(name) ? builtTestbed(name) : Promise.resolve({ name, state: "none", machines: [] }),
    ),
  );
}

async function builtTestbed(name: string): Promise<ListedTestbed> {
  const listed = (machines: { name: string; address: string }[]) =>
    machines.map((machine) => ({
      name: machine.name,
      address: machine.address,
      ssh: sshCommand(name, machine.name),
    }));
  try {
    return { name, state: "up", machines: listed((await readTestbed(name)).machines) };
  } catch {
    // A stack without (readable) outputs: `up` has not finished, or everything was destroyed.
    return { name, state: "partial", machines: listed(knownMachines(name)) };
  }
}

const stateText = { up: "up", partial: "begun; `strata up` continues, `strata destroy` removes", none: "not built" };

function lines({ name, state, machines }: ListedTestbed): string {
  const rows = machines.map((machine) => `  ${machine.name.padEnd(14)} ${machine.address.padEnd(16)} ${machine.ssh}\n`);
  return `${name}: ${stateText[state]}\n${rows.join("")}`;
}
