// Kills of every command at seeded moments, on real machines; the command again ends right. STRATA_KILLS=10 runs a part.
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hostProblem } from "../support/hostProblem.ts";
import { describeUnless } from "../support/describeUnless.ts";
import { ownProcesses, runAndKill, seededKills, wordsOf, type Kill } from "../support/kills.ts";
import { lastReport } from "../support/workload/lastReport.ts";
import { Sandbox } from "../support/strata.ts";
import { until } from "../support/until.ts";

const kills = Number(process.env.STRATA_KILLS ?? 100);
const seed = Number(process.env.STRATA_SEED ?? 20261130);

/** One machine without software: what is built and removed over and over. */
const small = "small";
const up = ["up", small, "--yes"];
const preview = ["preview", small];
const destroy = ["destroy", small, "--yes"];

/** What is measured on: it stays up. Few photos, at a rate that is named: to find one out takes minutes. */
const few = ["--rate", "0.5 Hz", "--warmup", "2 s", "--duration", "6 s", "--repetitions", "1"];
const bench = ["bench", "quickstart", "--no-verify", ...few];
const verify = ["verify", "network", "quickstart"];
const commands = [up, preview, destroy, bench, verify];

describeUnless(hostProblem(), `${kills} seeded kills`, () => {
  const sandbox = new Sandbox();
  afterAll(() => sandbox.clean());

  const usualMs = new Map<string[], number>();
  let smallIsUp = false;

  /** Runs a command to its end, and notes the time that it takes: the least, as what is made the first time only counts not. */
  async function timed(args: string[]): Promise<void> {
    const begun = performance.now();
    await expectRight(args, await sandbox.run("strata", ...args));
    usualMs.set(args, Math.min(performance.now() - begun, usualMs.get(args) ?? Infinity));
  }

  async function expectRight(args: string[], { exitCode, all }: { exitCode?: number; all: string }): Promise<void> {
    // Of a slow machine it may be told that it did not keep up, or that a link was off.
    const right = args === bench ? [0, 3, 5] : args === verify ? [0, 1] : [0];
    const gone = args === destroy && /there is no testbed small/.test(all);
    if (!gone && !right.includes(exitCode ?? -1))
      throw new Error(`${args.join(" ")}: status ${exitCode}\n${all.slice(-6000)}`);
    if (args === up) {
      const { stdout } = await sandbox.succeed("strata", "ssh", small, "endpoint-0", "hostname");
      expect(stdout.trim()).toBe("endpoint-0");
      const { all: again } = await sandbox.succeed("strata", ...up);
      expect(again).not.toMatch(/pending operations/);
    }
    if (args === destroy) {
      const { stdout } = await sandbox.succeed("strata", "list", "--json");
      const testbeds = JSON.parse(stdout) as { name: string; state: string }[];
      expect(testbeds.find(({ name }) => name === small)?.state).toBe("none");
      expect(existsSync(join(sandbox.state, "stacks", small))).toBe(false);
    }
    if (args === bench) expect(lastReport(sandbox, "quickstart").outcome.kind).toMatch(/^(completed|not-sustained)$/);
    if (args === up || args === destroy) smallIsUp = args === up;
    expect(readdirSync(sandbox.environment.TMPDIR!).filter((name) => name.startsWith("strata-run-"))).toEqual([]);
    await until("every process of the command to end", 120_000, () => ownProcesses(sandbox).length === 0);
  }

  /** What a command changes is there for it to change. */
  async function prepare({ args }: Kill): Promise<void> {
    if (args === up && smallIsUp) await timed(destroy);
    if (args === destroy && !smallIsUp) await timed(up);
  }

  test("the command again ends right, whatever was killed, when and how", async () => {
    writeFileSync(
      join(sandbox.project, `stacks/${small}.yaml`),
      "tiers:\n  endpoint: { count: 1, cpus: 1, memory: 512 MiB }\n",
    );
    await sandbox.succeed("strata", "up", "quickstart", "--yes");
    for (const args of [preview, up, destroy, up, destroy, bench, verify]) await timed(args);
    let reached = 0;
    const failed: string[] = [];
    for (const kill of seededKills(seed, kills, commands)) {
      await prepare(kill);
      const killed = await runAndKill(sandbox, kill, usualMs.get(kill.args)!);
      if (killed.reached > 0) reached += 1;
      const begun = performance.now();
      const after = await sandbox.run("strata", ...kill.args);
      const seconds = ((performance.now() - begun) / 1000).toFixed(0);
      const words = `${wordsOf(kill)} (${Math.round(killed.afterMs)} ms, ${killed.reached} processes, status ${killed.exitCode}); again: ${after.exitCode} in ${seconds} s`;
      process.stderr.write(`${words}\n`);
      await expectRight(kill.args, after).catch((error: unknown) => {
        failed.push(`${words}: ${String(error)}`);
      });
    }
    process.stderr.write(`${kills} kills, ${reached} of a process that ran; ${kills - failed.length} ended right\n`);
    expect(failed).toEqual([]);
    // A moment near the command's end, or a process that it has not got, may find nothing to kill.
    expect(reached).toBeGreaterThanOrEqual(Math.floor(kills * 0.6));
  });
});
