// The plain Pulumi program in docs/example, beside nothing of the project but the component: killed half way, continued,
// scaled, destroyed.
import { execa } from "execa";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { leftovers, project, Sandbox, summaryOf, type Finished } from "../support/strata.ts";

const sandbox = new Sandbox();
const before = leftovers();
const minute = 60_000;
const program = join(project, "docs/example");

// Names that no user of the program has: Pulumi keeps their settings in its directory.
const example = "tested";
const neighbour = "tested-too";

const up = (stack: string): string[] => ["up", "--stack", stack, "--yes", "--skip-preview", "--parallel", "64"];

const removeSettings = (): void => {
  for (const stack of [example, neighbour]) rmSync(join(program, `Pulumi.${stack}.yaml`), { force: true });
};

beforeAll(async () => {
  removeSettings();
  await sandbox.succeed("strata", "setup", "--yes");
  await sandbox.succeed("pulumi", "-C", program, "stack", "init", example);
}, 20 * minute);

afterAll(async () => {
  for (const stack of [example, neighbour]) {
    await sandbox.run("pulumi", "-C", program, "cancel", "--stack", stack, "--yes");
    await sandbox.run("pulumi", "-C", program, "destroy", "--stack", stack, "--yes", "--skip-preview");
  }
  removeSettings();
  await sandbox.clean();
}, 5 * minute);

const pulumi = (...args: string[]): Promise<Finished> => sandbox.succeed("pulumi", "-C", program, ...args);

/** Asks a machine for its name, by ssh as any tool would. */
async function hostName(stack: string, machine: string): Promise<string> {
  const { stdout } = await pulumi("stack", "output", "testbed", "--json", "--stack", stack);
  const { machines } = JSON.parse(stdout) as { machines: { name: string; address: string }[] };
  const { address } = machines.find(({ name }) => name === machine)!;
  const configuration = join(sandbox.state, "stacks", stack, "ssh_config");
  return (await sandbox.succeed("ssh", "-F", configuration, address, "hostname")).stdout.trim();
}

/** Names of the machines that run in the sandbox's host. */
async function running(): Promise<string[]> {
  const { stdout } = await execa("ps", ["-eo", "stat=,args="]);
  const guests = stdout.split("\n").filter((line) => !line.startsWith("Z") && line.includes("qemu-system"));
  return guests.flatMap((line) => /guest=(tested[\w-]+)/.exec(line)?.[1] ?? []).sort();
}

test(
  "an up that was killed is continued: the same machines, none twice",
  async () => {
    // Detached, so that the engine and all that it started can be killed at once.
    const killed = execa("sh", ["-c", `eval "$(./strata env)" && exec pulumi -C ${program} ${up(example).join(" ")}`], {
      cwd: project,
      env: sandbox.environment,
      detached: true,
      stdin: "ignore",
      reject: false,
    });
    for (let tries = 0; (await running()).length === 0; tries += 1) {
      expect(tries).toBeLessThan(300);
      await setTimeout(200);
    }
    process.kill(-killed.pid!, "SIGKILL");
    await killed;

    await pulumi("cancel", "--stack", example, "--yes");
    const { all } = await pulumi(...up(example));
    expect(summaryOf(all)).not.toHaveProperty("errored");
    expect(await running()).toEqual([`${example}-cloud-0`, `${example}-endpoint-0`]);
  },
  10 * minute,
);

test(
  "a third machine is the only thing that scaling makes",
  async () => {
    await pulumi("config", "set", "--stack", example, "endpoints", "2");
    const { all } = await pulumi(...up(example));
    // The machine's component, its six resources and the link that two endpoints have; tier and testbed show the new count.
    expect(summaryOf(all)).toMatchObject({ created: 8, updated: 2 });
    expect(await running()).toEqual([`${example}-cloud-0`, `${example}-endpoint-0`, `${example}-endpoint-1`]);
  },
  10 * minute,
);

test(
  "another stack lives beside it, and outlives it",
  async () => {
    await pulumi("stack", "init", neighbour);
    await pulumi(...up(neighbour));
    await pulumi("destroy", "--stack", example, "--yes", "--skip-preview");
    expect(await running()).toEqual([`${neighbour}-cloud-0`, `${neighbour}-endpoint-0`]);
    expect(await hostName(neighbour, "endpoint-0")).toBe("endpoint-0");
  },
  10 * minute,
);

test(
  "plain destroy leaves nothing behind",
  async () => {
    await pulumi("destroy", "--stack", neighbour, "--yes", "--skip-preview");
    expect(leftovers().filter((line) => !before.includes(line))).toEqual([]);
  },
  5 * minute,
);
