import { globSync } from "node:fs";
import { join } from "node:path";
import { everyTaskFile, linterProblem, playbooks } from "../../../cli/checks/ansible.ts";
import type { Check, CheckResult } from "../../../cli/checks/check.ts";
import { e2e, jestResult } from "../../../cli/checks/jest.ts";
import { projectDirectory } from "../../../cli/pulumi.ts";
import { requireMatch, runChecks, summary } from "../../../cli/test.ts";

function check(name: string, result: CheckResult | Error, after: string[] = []): Check {
  const run = (): Promise<CheckResult> => (result instanceof Error ? Promise.reject(result) : Promise.resolve(result));
  return { name, description: `about ${name}`, needsSetup: false, after, run };
}

const good: CheckResult = { passed: 3, failed: 0, skipped: [] };

async function transcript(checks: Check[]): Promise<{ text: string; results: Map<string, CheckResult> }> {
  let text = "";
  const results = await runChecks(checks, undefined, (part) => (text += part));
  return { text: text.replaceAll(/in [\d.]+ s/g, "in T s"), results };
}

test("each suite has its line, with its time and the reasons for what was skipped", async () => {
  const { text } = await transcript([
    check("unit", good),
    check("ansible", { passed: 1, failed: 0, skipped: ["no linter"] }),
  ]);
  expect(text).toBe(`
== unit: about unit
-- unit: 3 passed, 0 failed, 0 skipped in T s

== ansible: about ansible
skipped: no linter
-- ansible: 1 passed, 0 failed, 1 skipped in T s
`);
});

test("a failure stops what builds on it and nothing else", async () => {
  const { results } = await transcript([
    check("types", { passed: 0, failed: 1, skipped: [] }),
    check("engine", good, ["types"]),
    check("ansible", good),
  ]);
  expect(Object.fromEntries(results)).toEqual({
    types: { passed: 0, failed: 1, skipped: [] },
    engine: { passed: 0, failed: 0, skipped: ["engine was not run, because types failed"] },
    ansible: good,
  });
});

test("without its setup a suite is not run, others are", async () => {
  const { results } = await transcript([
    check("setup", new Error("no network")),
    { ...check("engine", good), needsSetup: true },
    check("unit", good),
  ]);
  expect(Object.fromEntries(results)).toEqual({
    setup: { passed: 0, failed: 1, skipped: [] },
    engine: { passed: 0, failed: 0, skipped: ["engine was not run, because setup failed"] },
    unit: good,
  });
});

test("a suite that can't run has failed, and says why", async () => {
  const { text, results } = await transcript([check("unit", new Error("no jest"))]);
  expect(results.get("unit")).toEqual({ passed: 0, failed: 1, skipped: [] });
  expect(text).toContain("unit: no jest\n");
});

test("the end names what was skipped, and its last line counts over all suites", () => {
  expect(summary([good, { passed: 1, failed: 0, skipped: ["a: no a", "b: no b"] }])).toEqual({
    text: "skipped: a: no a\nskipped: b: no b\n4 passed, 0 failed, 2 skipped",
    ok: true,
  });
  expect(summary([good, { passed: 0, failed: 2, skipped: [] }])).toEqual({
    text: "3 passed, 2 failed, 0 skipped",
    ok: false,
  });
});

test("the end tells again what failed, before what was skipped", () => {
  const result = { passed: 0, failed: 1, failures: ["boots\n  no memory"], skipped: ["a: no a"] };
  expect(summary([good, result]).text).toBe(
    "failed: boots\n  no memory\nskipped: a: no a\n3 passed, 1 failed, 1 skipped",
  );
});

test("where skips are held against the list, one that no reason allows fails the run", () => {
  const allowed = "a cluster: not run here: the cache has no Kubernetes; ./strata setup --kubernetes gets it";
  const other = "uploads by ssh: not run here: not installed: /usr/sbin/sshd";
  expect(summary([{ ...good, skipped: [allowed] }], true)).toEqual({
    text: `skipped: ${allowed}\n3 passed, 0 failed, 1 skipped`,
    ok: true,
  });
  expect(summary([{ ...good, skipped: [allowed, other] }], true)).toEqual({
    text: `skipped: ${allowed}\nskipped, which is not allowed here: ${other}\n3 passed, 0 failed, 2 skipped`,
    ok: false,
  });
});

test("one failed test of the engine's does not keep real machines from being tested", () => {
  expect(e2e.after).toEqual(["types"]);
});

test("a filter that no test file matches fails with a sentence, before anything is run", async () => {
  const having = (name: string, files: string[]): Check => ({
    ...check(name, good),
    matching: () => Promise.resolve(files),
  });
  await expect(requireMatch([having("unit", []), check("lint", good), having("engine", [])], "typo")).rejects.toThrow(
    "--filter typo: no test file's path matches in unit, lint, engine; see the folders of tests/",
  );
  await requireMatch([having("unit", []), having("engine", ["/x.test.ts"])], "x");
});

test("without a package index the linter is left out, which is allowed; a package that is not the pinned one is a failure", () => {
  const { problem } = linterProblem(
    "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError(...)': /simple/ansible-lint/\n" +
      "ERROR: No matching distribution found for ansible-lint==25.1.0",
  );
  expect(problem).toBe(
    "the package index can't be reached: ERROR: No matching distribution found for ansible-lint==25.1.0",
  );
  const skipped = (reason: string) => summary([{ ...good, skipped: [reason] }], true).ok;
  expect([skipped(`ansible-lint: ${problem}`), skipped("ansible-lint: anything else")]).toEqual([true, false]);
  const words =
    "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n    Expected sha256 aa\n    Got bb";
  for (const before of ["", "WARNING: Retrying (Retry(total=4)) after connection broken by 'ReadTimeoutError(...)'\n"])
    expect(() => linterProblem(before + words)).toThrow(`ansible-lint can't be installed: ${before}${words}`);
});

test("Ansible parses every playbook, and every file of tasks", async () => {
  const ansible = join(import.meta.dirname, "../../../ansible");
  expect(await playbooks(ansible)).toEqual(["before.yml", "phase.yml"]);
  const text = await everyTaskFile(join(ansible, "roles"));
  const files = globSync("*/tasks/*", { cwd: join(ansible, "roles") });
  expect(text.match(/tasks_from: /g)).toHaveLength(files.length);
  expect(text).toContain("name: mqtt\n        tasks_from: reset.yml");
});

const report = { numPassedTests: 5, numFailedTests: 1, numRuntimeErrorTestSuites: 2, testResults: [] };

test("jest's files that could not be loaded count as failures, and are named", () => {
  const name = join(projectDirectory, "tests/unit/a.test.ts");
  const file = {
    name,
    status: "failed",
    message: "\u001b[1m  ● no such\u001b[22m\n\n    module",
    assertionResults: [],
  };
  expect(jestResult({ ...report, testResults: [file] }, 1)).toEqual({
    ...{ passed: 5, failed: 3, skipped: [] },
    failures: ["tests/unit/a.test.ts\n    ● no such\n      module"],
  });
});

test("jest's own failure is one, even when every test passed", () => {
  const all = { ...report, numFailedTests: 0, numRuntimeErrorTestSuites: 0 };
  expect(jestResult(all, 1)).toEqual({ passed: 5, failed: 1, failures: [], skipped: [] });
  expect(jestResult(all, 0)).toEqual({ passed: 5, failed: 0, failures: [], skipped: [] });
});

test("jest's skipped tests are named; failed ones too, with the beginning of their message", () => {
  const long = Array.from({ length: 40 }, (_, line) => `line ${line}`).join("\n");
  const assertionResults = [
    { fullName: "boots", status: "passed", failureMessages: [] },
    { fullName: "boots with KVM", status: "pending", failureMessages: [] },
    { fullName: "ends", status: "failed", failureMessages: [long] },
  ];
  const file = { name: "/a.test.ts", status: "failed", message: long, assertionResults };
  const { skipped, failures = [] } = jestResult({ ...report, testResults: [file] }, 1);
  expect([skipped, failures.length]).toEqual([["boots with KVM"], 1]);
  expect(failures[0]).toMatch(/^ends\n {2}line 0\n(.*\n){9} {2}line 10$/);
});
