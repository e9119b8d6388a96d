import type { Command } from "commander";
import { testbedOfStack } from "../benchmarks/stack.ts";
import { knownMachines } from "../providers/strata/access/machineFile.ts";
import { recordedLease, secondsLeft, type TestbedLease } from "../local/lease.ts";
import { placeOf } from "../local/place.ts";
import { spanText } from "../local/timeSpan.ts";
import { experiments } from "../program/experiment.ts";
import { stackNames } from "./pulumi/run.ts";
import { sshCommand } from "./ssh.ts";

interface ListedTestbed {
  name: string;
  /** up: built; partial: begun and not finished; none: only its file is there. */
  state: "up" | "partial" | "none";
  /** Absent: it is kept until it is destroyed. */
  lease?: Pick<TestbedLease, "seconds" | "expires"> & { owner: { stack: string; place: string; user: string } };
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
  const lease = leaseOf(name);
  try {
    return { name, state: "up", ...lease, machines: listed((await testbedOfStack(name)).machines) };
  } catch {
    // A stack without (readable) outputs: `up` has not finished, or everything was destroyed.
    return { name, state: "partial", ...lease, machines: listed(knownMachines(name)) };
  }
}

function leaseOf(stack: string): Pick<ListedTestbed, "lease"> {
  const lease = recordedLease(stack);
  if (lease === undefined) return {};
  const { user, seconds, expires } = lease;
  return { lease: { seconds, expires, owner: { stack, place: placeOf(stack).id, user } } };
}

const stateText = { up: "up", partial: "begun; `strata up` continues, `strata destroy` removes", none: "not built" };

/** Of a testbed with a lease, whose it is and what is left of it; with a comma before it. */
export function leaseText(lease: ListedTestbed["lease"], nowMs = Date.now()): string {
  if (lease === undefined) return "";
  const left = secondsLeft(lease, nowMs);
  const end = left > 0 ? `expires in ${spanText(left)}` : `expired ${spanText(-left)} ago, \`strata gc\` takes it away`;
  return `, of ${lease.owner.user}, ${end}`;
}

function lines({ name, state, lease, machines }: ListedTestbed): string {
  const rows = machines.map((machine) => `  ${machine.name.padEnd(14)} ${machine.address.padEnd(16)} ${machine.ssh}\n`);
  return `${name}: ${stateText[state]}${leaseText(lease)}\n${rows.join("")}`;
}
