import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { notAllowed } from "../../../../cli/checks/allowedSkips.ts";
import type { Check, CheckResult } from "../../../../cli/checks/check.ts";
import { Choice } from "../../../../cli/checks/choice.ts";
import { Passed } from "../../../../cli/checks/passed.ts";
import { Preparation } from "../../../../cli/checks/preparation.ts";
import { partsOf, runChecks } from "../../../../cli/checks/run.ts";

/** A checkout and a cache of their own. */
let directory: string;
let root: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "strata-run-"));
  root = join(directory, "checkout");
  for (const folder of ["tests/engine", "tests/e2e", "ansible"]) mkdirSync(join(root, folder), { recursive: true });
  write("code.ts", "one");
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const write = (file: string, text: string): void => {
  writeFileSync(join(root, file), text);
};

function check(name: string, result: CheckResult | Error, more: Partial<Check> = {}): Check {
  const run = (): Promise<CheckResult> => (result instanceof Error ? Promise.reject(result) : Promise.resolve(result));
  return { name, description: `about ${name}`, needsSetup: false, after: [], run, ...more };
}

const good: CheckResult = { passed: 3, failed: 0, failures: [], skipped: [] };
const bad: CheckResult = { passed: 0, failed: 1, failures: [], skipped: [] };

interface Settings {
  all?: boolean;
  filter?: string;
  secondsLeft?: () => number;
  preparations?: Map<string, Preparation>;
}

/** As `strata test` has it, on a machine that is as fast as that of reference. */
function choiceOf({ all = false, secondsLeft = () => Infinity, preparations = new Map() }: Settings): Choice {
  const passed = new Passed(join(directory, "passed.json"));
  const machine = (): Promise<string> => Promise.resolve("a machine");
  return new Choice({ root, passed, all, patience: 1, machine, secondsLeft, preparations });
}

async function run(checks: Check[], settings: Settings = {}, choice = choiceOf(settings)) {
  let text = "";
  const results = await runChecks(checks, { filter: settings.filter, choice, write: (part) => (text += part) });
  return { text: text.replaceAll(/in [\d.]+ s/g, "in T s"), results };
}

/** A suite of files, which notes which of them ran. */
function suite(name: string, files: string[], more: Partial<Check> = {}): { check: Check; ran: string[][] } {
  const ran: string[][] = [];
  for (const file of files) write(file, `test of ${file}`);
  const own: Partial<Check> = {
    files: (filter = "") => Promise.resolve(files.filter((file) => file.includes(filter))),
    run: (wanted = ["all"]) => {
      ran.push([...wanted]);
      return Promise.resolve({ ...good, passed: wanted.length, passedFiles: new Map(wanted.map((one) => [one, 1])) });
    },
  };
  return { check: check(name, good, { ...own, ...more }), ran };
}

test("each suite has its line, with its time and the reasons for what was skipped", async () => {
  const { text } = await run([check("unit", good), check("ansible", { passed: 1, failed: 0, skipped: ["no linter"] })]);
  expect(text).toBe(`
== unit: about unit
-- unit: 3 passed, 0 failed, 0 skipped in T s

== ansible: about ansible
skipped: no linter
-- ansible: 1 passed, 0 failed, 1 skipped in T s
`);
});

test("a failure stops what builds on it and nothing else", async () => {
  const { results } = await run([
    check("types", bad),
    check("engine", good, { after: ["types"] }),
    check("ansible", good),
  ]);
  expect(Object.fromEntries(results)).toEqual({
    types: bad,
    engine: { passed: 0, failed: 0, skipped: ["engine was not run, because types failed"] },
    ansible: good,
  });
});

test("without its setup a suite is not run, others are", async () => {
  const { results } = await run([
    check("setup", new Error("no network"), { everyTime: true }),
    check("engine", good, { needsSetup: true }),
    check("unit", good),
  ]);
  expect(Object.fromEntries(results)).toEqual({
    setup: bad,
    engine: { passed: 0, failed: 0, skipped: ["engine was not run, because setup failed"] },
    unit: good,
  });
});

test("a suite that can't run has failed, and says why", async () => {
  const { text, results } = await run([check("unit", new Error("no jest"))]);
  expect(results.get("unit")).toEqual(bad);
  expect(text).toContain("unit: no jest\n");
});

test("a suite that passed is run again when something in the checkout has changed, or with --all", async () => {
  let runs = 0;
  const unit = check("unit", good, { run: () => Promise.resolve({ ...good, passed: ++runs }) });
  await run([unit]);
  const { text, results } = await run([unit]);
  expect([runs, results.get("unit")?.passed]).toEqual([1, 0]);
  expect(text).toMatch(
    /^skipped: unit: nothing that it depends on has changed since it passed here on .* UTC; --all runs it$/m,
  );
  write("code.ts", "two");
  await run([unit]);
  expect(runs).toBe(2);
  await run([unit], { all: true });
  expect(runs).toBe(3);
  // As it was before.
  write("code.ts", "one");
  await run([unit]);
  expect(runs).toBe(3);
});

test("what failed, or had a test skipped, is run again; setup always is", async () => {
  let runs = 0;
  for (const result of [bad, { ...good, skipped: ["no libvirt"] }]) {
    const counted = check("ansible", good, { run: () => Promise.resolve({ ...result, passed: ++runs }) });
    await run([counted]);
    await run([counted]);
  }
  const setup = check("setup", good, { everyTime: true, run: () => Promise.resolve({ ...good, passed: ++runs }) });
  await run([setup]);
  await run([setup]);
  expect(runs).toBe(6);
});

test("what was edited while it ran is not remembered as good", async () => {
  let runs = 0;
  const edited = (): Promise<CheckResult> => {
    write("code.ts", `edit ${++runs}`);
    return Promise.resolve(good);
  };
  for (let times = 0; times < 2; times += 1) {
    write("code.ts", "one");
    await run([check("lint", good, { run: edited })]);
  }
  expect(runs).toBe(2);
});

test("files of a suite that run beside each other are remembered one by one: those that changed run", async () => {
  const files = ["a", "b", "c"].map((name) => `tests/engine/${name}.test.ts`);
  const { check: engine, ran } = suite("engine", files, { filesAtATime: 2 });
  await run([engine]);
  write(files[1]!, "edited");
  const { results } = await run([engine]);
  expect(ran).toEqual([files, [files[1]]]);
  expect(results.get("engine")).toMatchObject({
    passed: 1,
    skipped: [expect.stringMatching(/a\.test/), expect.stringMatching(/c\.test/)],
  });
  write("code.ts", "two");
  await run([engine]);
  expect(ran.at(-1)).toEqual(files);
});

test("what a filter names runs though it passed before; a part of a suite is none that has passed", async () => {
  const unit = suite("unit", ["tests/a.test.ts", "tests/b.test.ts"]);
  const e2e = suite("e2e", ["tests/e2e/a.test.ts"], { filesAtATime: 1 });
  for (let times = 0; times < 2; times += 1) await run([unit.check, e2e.check], { filter: "a.test" });
  await run([unit.check, e2e.check]);
  expect(unit.ran).toEqual([["tests/a.test.ts"], ["tests/a.test.ts"], ["all"]]);
  expect(e2e.ran).toEqual([["tests/e2e/a.test.ts"], ["tests/e2e/a.test.ts"]]);
});

test("files that run in turn are chosen by the time that is left when their turn comes", async () => {
  const names = ["quickstart", "example", "places", "kubernetes"].map((name) => `tests/e2e/${name}.test.ts`);
  let left = 1100;
  const ran: string[] = [];
  const took: Record<string, number> = { [names[0]!]: 930, [names[1]!]: 60, [names[2]!]: 60 };
  const { check: e2e } = suite("e2e", names, {
    filesAtATime: 1,
    optional: (file) => file !== names[0],
    run: (files = []) => {
      ran.push(...files);
      left -= took[files[0]!] ?? 0;
      return Promise.resolve(good);
    },
  });
  const { results } = await run([e2e], { secondsLeft: () => left });
  expect(ran).toEqual(names.slice(0, 3));
  expect(results.get("e2e")?.skipped).toEqual([
    `${names[3]}: no time is left for it: it takes about 9 min here, and 1 min are left; ` +
      `./strata test e2e --filter ${names[3]} runs it`,
  ]);
});

describe("a file that needs what takes long to get", () => {
  const file = "tests/e2e/kubernetes.test.ts";
  const needing = () => suite("e2e", [file], { filesAtATime: 1, optional: () => true });

  /** What is got at once when it is begun, or not at all. */
  function cluster(get: () => Promise<void>) {
    let there = false;
    const told: string[] = [];
    const preparation = new Preparation({
      title: "a cluster",
      referenceSeconds: 600,
      isThere: () => Promise.resolve(there),
      get: async () => {
        told.push("begun");
        await get();
        there = true;
      },
    });
    return { preparations: new Map([[file, preparation]]), told };
  }
  const atOnce = () => Promise.resolve();

  test("has it got beside the suites before it where time is left for both", async () => {
    const engine = check("engine", good);
    for (const [minutes, begun] of [
      [18, []],
      [20, ["begun"]],
    ] as const) {
      const { preparations, told } = cluster(atOnce);
      const choice = choiceOf({ preparations, secondsLeft: () => minutes * 60 });
      let text = "";
      const suites = [engine, needing().check].map(async (one) => [one, await partsOf(one, undefined)] as const);
      await choice.begin(await Promise.all(suites), (part) => (text += part));
      expect(told).toEqual(begun);
      expect(text).toBe(
        begun.length === 0 ? "" : `a cluster is got beside the suites that need none of it, for ${file}\n`,
      );
    }
  });

  test("runs when that is there, whoever has begun it", async () => {
    const { preparations, told } = cluster(atOnce);
    const { check: e2e, ran } = needing();
    const { text } = await run([e2e], { preparations, filter: "kubernetes" });
    expect([ran, told]).toEqual([[[file]], ["begun"]]);
    expect(text).toContain(`waiting for a cluster, which ${file} needs\n`);
  });

  test("is left out by name where it does not come in time", async () => {
    const { preparations } = cluster(() => new Promise(() => undefined));
    const { check: e2e, ran } = needing();
    // As long as the file takes by itself.
    const choice = choiceOf({ preparations, secondsLeft: () => 520 });
    await preparations.get(file)?.begin();
    const { results } = await run([e2e], {}, choice);
    const reason =
      `${file}: no time is left for it: a cluster, which it needs, has not come in time; ` +
      `./strata test e2e --filter ${file} runs it`;
    expect([ran, results.get("e2e")?.skipped, notAllowed([reason])]).toEqual([[], [reason], []]);
  });

  test("has failed where it can't be had", async () => {
    const { preparations } = cluster(() => Promise.reject(new Error("no network")));
    const { check: e2e, ran } = needing();
    const { text, results } = await run([e2e], { preparations });
    expect([ran, results.get("e2e")]).toEqual([[], bad]);
    expect(text).toContain("e2e: no network\n");
  });
});
