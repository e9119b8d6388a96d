import { globSync } from "node:fs";
import { join } from "node:path";
import { everyTaskFile, linterProblem, playbooks } from "../../../cli/checks/ansible.ts";
import type { Check, CheckResult } from "../../../cli/checks/check.ts";
import { e2e, jestResult } from "../../../cli/checks/jest.ts";
import { lint } from "../../../cli/checks/tools.ts";
import { projectDirectory } from "../../../cli/pulumi/run.ts";
import { requireMatch, summary } from "../../../cli/test.ts";

const good: CheckResult = { passed: 3, failed: 0, skipped: [] };

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
  const allowed = "nodes: not run here: no control plane was built from Go modules here";
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
    ...lint,
    name,
    files: () => Promise.resolve(files),
  });
  await expect(requireMatch([having("unit", []), lint, having("engine", [])], "typo")).rejects.toThrow(
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
    ...{ startTime: 0, endTime: 0 },
    message: "\u001b[1m  ● no such\u001b[22m\n\n    module",
    assertionResults: [],
  };
  expect(jestResult({ ...report, testResults: [file] }, 1)).toEqual({
    ...{ passed: 5, failed: 3, skipped: [] },
    failures: ["tests/unit/a.test.ts\n    ● no such\n      module"],
    passedFiles: new Map(),
  });
});

test("jest's own failure is one, even when every test passed", () => {
  const all = { ...report, numFailedTests: 0, numRuntimeErrorTestSuites: 0 };
  expect(jestResult(all, 1)).toEqual({ passed: 5, failed: 1, failures: [], skipped: [], passedFiles: new Map() });
  expect(jestResult(all, 0)).toEqual({ passed: 5, failed: 0, failures: [], skipped: [], passedFiles: new Map() });
});

test("jest's skipped tests are named; failed ones too, with the beginning of their message", () => {
  const long = Array.from({ length: 40 }, (_, line) => `line ${line}`).join("\n");
  const assertionResults = [
    { fullName: "boots", status: "passed", failureMessages: [] },
    { fullName: "boots with KVM", status: "pending", failureMessages: [] },
    { fullName: "ends", status: "failed", failureMessages: [long] },
  ];
  const file = { name: "/a.test.ts", status: "failed", message: long, startTime: 0, endTime: 0, assertionResults };
  const { skipped, failures = [] } = jestResult({ ...report, testResults: [file] }, 1);
  expect([skipped, failures.length]).toEqual([["boots with KVM"], 1]);
  expect(failures[0]).toMatch(/^ends\n {2}line 0\n(.*\n){9} {2}line 10$/);
});

test("a file of tests has passed where each of its tests was made and passed, and nothing around them failed", () => {
  const file = (name: string, status: string, ...tests: string[]) => ({
    name: join(projectDirectory, name),
    status,
    message: "",
    ...{ startTime: 1000, endTime: 3500 },
    assertionResults: tests.map((one) => ({ fullName: "a test", status: one, failureMessages: [] })),
  });
  const testResults = [
    file("tests/engine/whole.test.ts", "passed", "passed", "passed"),
    file("tests/engine/partly.test.ts", "passed", "passed", "pending"),
    file("tests/engine/failed.test.ts", "failed", "passed", "failed"),
  ];
  expect(jestResult({ ...report, testResults }, 1).passedFiles).toEqual(new Map([["tests/engine/whole.test.ts", 2.5]]));
  const nothingFailed = { ...report, numFailedTests: 0, numRuntimeErrorTestSuites: 0, testResults };
  expect(jestResult(nothingFailed, 1).passedFiles).toEqual(new Map());
});
