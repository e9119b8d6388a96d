// The real command line and the real engine, on an experiment whose program makes directories in the place of machines.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findEngine } from "../../../setup/engine/find.ts";
import { describeUnless } from "../../support/describeUnless.ts";
import { isEngine, killProcesses } from "../../support/killProcesses.ts";
import { ownProcesses, runAndKill, seededKills, wordsOf, type Kill } from "../../support/kills.ts";
import { patient } from "../../support/patience.ts";
import { Sandbox } from "../../support/strata.ts";
import { until } from "../../support/until.ts";

const problem = findEngine() === undefined ? "no Pulumi engine (./strata setup makes one)" : undefined;

const names = ["a", "b", "c", "d", "e", "f"];
// Its first six have every command and signal.
const seed = 20260797;
const kills = Number(process.env.STRATA_KILLS ?? 6);

describeUnless(problem, "commands that are killed", () => {
  let sandbox: Sandbox;
  let made: string;

  beforeAll(() => {
    sandbox = new Sandbox();
    made = join(sandbox.state, "made");
    mkdirSync(made);
    // Such an experiment needs no machine image.
    const prepare = join(sandbox.project, "cli/experiment.ts");
    const needed = 'machineImage(kinds).state === "ready"';
    const text = readFileSync(prepare, "utf8");
    expect(text).toContain(needed);
    writeFileSync(prepare, text.replace(needed, "true"));
    // A create adopts what is there, as those of Strata's own resources do.
    writeFileSync(
      join(sandbox.project, "stacks/index.ts"),
      `import { local } from "@pulumi/command";
       for (const name of ${JSON.stringify(names)}) {
         const directory = ${JSON.stringify(made)} + "/" + name;
         new local.Command(name, { create: "sleep 0.3; mkdir -p " + directory + "; sleep 0.3", delete: "rm -rf " + directory });
       }`,
    );
  });
  afterAll(() => sandbox.clean());

  const up = ["up", "quickstart", "--yes"];
  const destroy = ["destroy", "quickstart", "--yes"];
  const preview = ["preview", "quickstart"];
  const filesBelow = (folder: string): string[] =>
    existsSync(folder) ? readdirSync(folder, { recursive: true }).map(String) : [];
  const backend = (): string => join(sandbox.state, "pulumi/.pulumi");
  const creating = (): number => {
    const operations = existsSync(stateFile()) ? pending() : undefined;
    return (operations ?? []).filter(({ type }) => type === "creating").length;
  };
  const stateFile = (): string => join(backend(), "stacks/strata/quickstart.json");
  const pending = (): { type: string }[] | undefined => {
    const state = JSON.parse(readFileSync(stateFile(), "utf8")) as {
      checkpoint: { latest: { pending_operations?: { type: string }[] } | null };
    };
    return state.checkpoint.latest?.pending_operations;
  };

  async function expectRight(kill: Kill, after: { exitCode: number | undefined; all: string }): Promise<void> {
    const gone = kill.args === destroy && /there is no testbed quickstart/.test(after.all);
    expect({ kill: wordsOf(kill), code: gone ? 0 : after.exitCode, all: after.all }).toMatchObject({ code: 0 });
    if (kill.args === up) {
      expect(readdirSync(made).sort()).toEqual(names);
      expect(pending()).toBeUndefined();
    }
    if (kill.args === destroy) {
      expect(readdirSync(made)).toEqual([]);
      expect(filesBelow(join(backend(), "stacks/strata")).filter((name) => name.endsWith(".json"))).toEqual([]);
    }
    expect(filesBelow(join(backend(), "locks")).filter((name) => name.endsWith(".json"))).toEqual([]);
    expect(readdirSync(sandbox.environment.TMPDIR!).filter((name) => name.startsWith("strata-run-"))).toEqual([]);
    await until("every process of the command to end", 60_000, () => ownProcesses(sandbox).length === 0);
  }

  test(
    `${kills} seeded kills of up, preview and destroy: the command again ends right`,
    async () => {
      // The first ones set up, too: what the rest takes is what a kill's moment is a part of.
      for (const args of [up, destroy]) await sandbox.succeed("strata", ...args);
      const usualMs = new Map<string[], number>();
      for (const args of [up, preview, destroy]) {
        const begun = performance.now();
        await sandbox.succeed("strata", ...args);
        usualMs.set(args, performance.now() - begun);
      }
      let isUp = false;
      let reached = 0;
      for (const kill of seededKills(seed, kills, [up, preview, destroy])) {
        // What is destroyed is there before, and what is built is not.
        if (kill.args === up && isUp) await sandbox.succeed("strata", ...destroy);
        if (kill.args === destroy && !isUp) await sandbox.succeed("strata", ...up);
        const killed = await runAndKill(sandbox, kill, usualMs.get(kill.args)!);
        reached += killed.reached > 0 ? 1 : 0;
        const after = await sandbox.run("strata", ...kill.args);
        process.stderr.write(
          `${wordsOf(kill)} (${Math.round(killed.afterMs)} ms, ${killed.reached} processes, status ${killed.exitCode}): then ${after.exitCode}\n`,
        );
        await expectRight(kill, after);
        if (kill.args !== preview) isUp = kill.args === up;
      }
      if (isUp) await sandbox.succeed("strata", ...destroy);
      // A moment near the command's end, or a process that it has not got, may find nothing to kill.
      expect(reached).toBeGreaterThanOrEqual(Math.floor(kills * 0.6));
    },
    patient((30 + 2 * kills) * 60_000),
  );

  test("what an engine was creating when it was killed is taken over, and it warns of it no more", async () => {
    // Between the look and the kill the engine may have ended what it was creating.
    for (let tries = 0; tries < 5 && creating() === 0; tries += 1) {
      if (existsSync(stateFile())) await sandbox.succeed("strata", ...destroy);
      const running = sandbox.startGroup("strata", ...up);
      await until("resources that are being created", 120_000, () => creating() > 0, 20);
      expect(killProcesses(`STRATA_STATE=${sandbox.state}`, isEngine)).toBeGreaterThan(0);
      await running;
    }
    expect(creating()).toBeGreaterThan(0);
    const { all } = await sandbox.succeed("strata", ...up);
    expect(all).toMatch(
      /strata: process \d+, which has held the engine's lock of quickstart since .*, is gone: its lock is taken over/,
    );
    expect(all).toMatch(
      /strata: \d+ resources that a killed run had begun were taken over; the engine warns of them no more/,
    );
    expect(creating()).toBe(0);
    expect(readdirSync(made).sort()).toEqual(names);
    expect((await sandbox.succeed("strata", ...up)).all).not.toContain("pending operations");
    await sandbox.succeed("strata", ...destroy);
  });

  test.each([
    ["empty", () => ""],
    ["cut", (text: string) => text.slice(0, text.length / 2)],
    ["of zeros, as a file system leaves it", (text: string) => "\0".repeat(text.length)],
  ])("a state that a power cut has damaged is mended from its backup: %s", async (_, damage) => {
    await sandbox.succeed("strata", ...up);
    writeFileSync(stateFile(), damage(readFileSync(stateFile(), "utf8")));
    const { all } = await sandbox.succeed("strata", ...up);
    expect(all).toContain(
      "strata: the engine's state of quickstart was damaged, as by a power cut: its backup is used",
    );
    expect(readdirSync(made).sort()).toEqual(names);
    await sandbox.succeed("strata", ...destroy);
    expect(readdirSync(made)).toEqual([]);
  });
});
