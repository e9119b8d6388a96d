import type { Check, CheckResult } from "../../../cli/checks/check.ts";
import { jestResult } from "../../../cli/checks/jest.ts";
import { runChecks, summary } from "../../../cli/test.ts";

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

test("the closing line counts over all suites", () => {
  expect(summary([good, { passed: 1, failed: 0, skipped: ["a", "b"] }])).toEqual({
    line: "4 passed, 0 failed, 2 skipped",
    ok: true,
  });
  expect(summary([good, { passed: 0, failed: 2, skipped: [] }])).toEqual({
    line: "3 passed, 2 failed, 0 skipped",
    ok: false,
  });
});

const report = { numPassedTests: 5, numFailedTests: 1, numRuntimeErrorTestSuites: 2, testResults: [] };

test("jest's files that could not be loaded count as failures", () => {
  expect(jestResult(report, 1)).toEqual({ passed: 5, failed: 3, skipped: [] });
});

test("jest's own failure is one, even when every test passed", () => {
  const all = { ...report, numFailedTests: 0, numRuntimeErrorTestSuites: 0 };
  expect(jestResult(all, 1)).toEqual({ passed: 5, failed: 1, skipped: [] });
  expect(jestResult(all, 0)).toEqual({ passed: 5, failed: 0, skipped: [] });
});

test("jest's skipped tests are named", () => {
  const assertionResults = [
    { fullName: "boots", status: "passed" },
    { fullName: "boots with KVM", status: "pending" },
  ];
  const all = { ...report, numFailedTests: 0, numRuntimeErrorTestSuites: 0, testResults: [{ assertionResults }] };
  expect(jestResult(all, 0)).toEqual({ passed: 5, failed: 0, skipped: ["boots with KVM"] });
});
