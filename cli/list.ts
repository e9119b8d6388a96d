import type { Command } from "commander";
import { readTestbed } from "../benchmarks/stack.ts";
import { experiments } from "../stacks/experiment.ts";
import { stackNames } from "./pulumi.ts";
import { sshCommand } from "./ssh.ts";

interface ListedTestbed {
  name: string;
  /** up: built; partial: begun and not finished; none: only its file is there. */
  state: "up" | "partial" | "none";
  machines: { name: string; address: string; ssh: string }[];
}

export function register(program: Command): void {
  program
    .command("list")
    .description("list experiments and testbeds, with the machines of those that are up")
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
  try {
    const testbed = await readTestbed(name);
    const machines = testbed.machines.map((machine) => ({
      name: machine.name,
      address: machine.address,
      ssh: sshCommand(testbed, machine.name),
    }));
    return { name, state: "up", machines };
  } catch {
    // A stack without (readable) outputs: `up` never finished, or everything was destroyed.
    return { name, state: "partial", machines: [] };
  }
}

const stateText = { up: "up", partial: "begun; `strata up` continues, `strata destroy` removes", none: "not built" };

function lines({ name, state, machines }: ListedTestbed): string {
  const rows = machines.map((machine) => `  ${machine.name.padEnd(14)} ${machine.address.padEnd(16)} ${machine.ssh}\n`);
  return `${name}: ${stateText[state]}\n${rows.join("")}`;
}
