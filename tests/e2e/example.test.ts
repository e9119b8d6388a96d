// The plain Pulumi program in docs/example, beside nothing of the project but the component: killed half way, continued,
// scaled, destroyed.
import { join } from "node:path";
import { processesOf } from "../support/leftovers.ts";
import { Sandbox, summaryOf, type Finished } from "../support/strata.ts";
import { until } from "../support/until.ts";

const sandbox = new Sandbox();
const program = join(sandbox.project, "docs/example");

const example = "tested";
const neighbour = "tested-too";

const up = (stack: string): string[] => ["up", "--stack", stack, "--yes", "--skip-preview", "--parallel", "64"];

beforeAll(async () => {
  await sandbox.succeed("strata", "setup", "--yes");
  await sandbox.succeed("pulumi", "-C", program, "stack", "init", example);
});

afterAll(async () => {
  const { stdout } = await pulumi("stack", "ls", "--json");
  for (const { name } of JSON.parse(stdout) as { name: string }[]) {
    await sandbox.run("pulumi", "-C", program, "cancel", "--stack", name, "--yes");
    // Fails the test, and so keeps the state, where it does not succeed.
    await pulumi("destroy", "--stack", name, "--yes", "--skip-preview", "--remove");
  }
  await sandbox.clean();
});

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
const running = (): string[] =>
  processesOf(sandbox.state)
    .filter((line) => line.includes("qemu-system"))
    .flatMap((line) => /guest=(tested[\w-]+)/.exec(line)?.[1] ?? [])
    .sort();

test("an up that was killed is continued: the same machines, none twice", async () => {
  // The engine and all that it started can be killed at once.
  const killed = sandbox.startGroup("pulumi", "-C", program, ...up(example));
  await until("a machine to run", 10 * 60_000, () => running().length > 0, 200);
  process.kill(-killed.pid!, "SIGKILL");
  await killed;

  await pulumi("cancel", "--stack", example, "--yes");
  const { all } = await pulumi(...up(example));
  expect(summaryOf(all)).not.toHaveProperty("errored");
  expect(running()).toEqual([`${example}-cloud-0`, `${example}-endpoint-0`]);
});

test("a third machine is the only thing that scaling makes", async () => {
  await pulumi("config", "set", "--stack", example, "endpoints", "2");
  const { all } = await pulumi(...up(example));
  // The machine's component, its six resources and the link that two endpoints have; tier and testbed show the new count.
  expect(summaryOf(all)).toMatchObject({ created: 8, updated: 2 });
  expect(running()).toEqual([`${example}-cloud-0`, `${example}-endpoint-0`, `${example}-endpoint-1`]);
});

test("another stack lives beside it, and outlives it", async () => {
  await pulumi("stack", "init", neighbour);
  await pulumi(...up(neighbour));
  await pulumi("destroy", "--stack", example, "--yes", "--skip-preview");
  expect(running()).toEqual([`${neighbour}-cloud-0`, `${neighbour}-endpoint-0`]);
  expect(await hostName(neighbour, "endpoint-0")).toBe("endpoint-0");
});

test("plain destroy leaves nothing behind", async () => {
  await pulumi("destroy", "--stack", neighbour, "--yes", "--skip-preview");
  expect(sandbox.leftovers()).toEqual([]);
});
