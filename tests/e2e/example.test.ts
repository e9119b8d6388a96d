// The plain Pulumi program in docs/example, beside nothing of the project but the component: killed half way, continued,
// scaled, destroyed.
import { execa } from "execa";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { leftovers, project, Sandbox, summaryOf, type Finished } from "../support/strata.ts";

const sandbox = new Sandbox();
const before = leftovers();
const minute = 60_000;
const program = join(project, "docs/example");

const up = ["up", "--stack", "example", "--yes", "--skip-preview", "--parallel", "64"];

beforeAll(async () => {
  await sandbox.succeed("strata", "setup", "--yes");
  await sandbox.succeed("pulumi", "-C", program, "stack", "init", "example");
}, 20 * minute);

afterAll(async () => {
  await sandbox.run("pulumi", "-C", program, "cancel", "--stack", "example", "--yes");
  await sandbox.run("pulumi", "-C", program, "destroy", "--stack", "example", "--yes", "--skip-preview");
  await sandbox.clean();
}, 5 * minute);

const pulumi = (...args: string[]): Promise<Finished> => sandbox.succeed("pulumi", "-C", program, ...args);

/** Names of the machines that run in the sandbox's host. */
async function running(): Promise<string[]> {
  const { stdout } = await execa("ps", ["-eo", "stat=,args="]);
  const guests = stdout.split("\n").filter((line) => !line.startsWith("Z") && line.includes("qemu-system"));
  return guests.flatMap((line) => /guest=(example-[\w-]+)/.exec(line)?.[1] ?? []).sort();
}

test(
  "an up that was killed is continued: the same machines, none twice",
  async () => {
    // Detached, so that the engine and all that it started can be killed at once.
    const killed = execa("sh", ["-c", `eval "$(./strata env)" && exec pulumi -C ${program} ${up.join(" ")}`], {
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

    await pulumi("cancel", "--stack", "example", "--yes");
    const { all } = await pulumi(...up);
    expect(summaryOf(all)).not.toHaveProperty("errored");
    expect(await running()).toEqual(["example-cloud-0", "example-endpoint-0"]);
  },
  10 * minute,
);

test(
  "a third machine is the only thing that scaling makes",
  async () => {
    await pulumi("config", "set", "--stack", "example", "endpoints", "2");
    const { all } = await pulumi(...up);
    // The machine's component and its six resources; the tier and the testbed show the new count.
    expect(summaryOf(all)).toMatchObject({ created: 7, updated: 2 });
    expect(await running()).toEqual(["example-cloud-0", "example-endpoint-0", "example-endpoint-1"]);
  },
  10 * minute,
);

test(
  "plain destroy leaves nothing behind",
  async () => {
    await pulumi("destroy", "--stack", "example", "--yes", "--skip-preview");
    expect(leftovers().filter((line) => !before.includes(line))).toEqual([]);
  },
  5 * minute,
);
