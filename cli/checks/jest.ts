import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withoutOwnVariables } from "../../setup/environment.ts";
import { projectDirectory } from "../pulumi.ts";
import { runInherited } from "../runInherited.ts";
import { failed, type Check, type CheckResult } from "./check.ts";

/** The part of `jest --json` that is read here. */
interface JestReport {
  numPassedTests: number;
  numFailedTests: number;
  /** Files that could not even be loaded. */
  numRuntimeErrorTestSuites: number;
  testResults: { assertionResults: { fullName: string; status: string }[] }[];
}

export const unit: Check = {
  name: "unit",
  description: "everything that needs no host (jest)",
  needsSetup: false,
  after: [],
  run: (filter) => runJest("unit", [], filter),
};

export const engine: Check = {
  name: "engine",
  description: "real previews and updates, and a private libvirtd without machines (jest)",
  needsSetup: true,
  after: ["types"],
  // Two files at a time: with more, machines would miss the times that tests give them.
  run: (filter) => runJest("engine", ["--maxWorkers=2"], filter),
};

export const e2e: Check = {
  name: "e2e",
  description: "real machines: build, measure, edit, destroy (jest)",
  needsSetup: true,
  after: ["types", "unit", "engine"],
  // One file takes minutes, so each test is told of when it ends.
  run: (filter) =>
    runJest("e2e", ["--runInBand", "--reporters=default", "--reporters=./tests/support/progress.ts"], filter),
};

async function runJest(project: string, flags: readonly string[], filter: string | undefined): Promise<CheckResult> {
  const directory = await mkdtemp(join(tmpdir(), "strata-test-"));
  const file = join(directory, "report.json");
  try {
    const jest = join(projectDirectory, "node_modules/jest/bin/jest.js");
    const args = [
      jest,
      "--selectProjects",
      project,
      "--json",
      `--outputFile=${file}`,
      ...flags,
      ...(filter ? [filter, "--passWithNoTests"] : []),
    ];
    const environment = {
      ...withoutOwnVariables(process.env),
      NODE_OPTIONS: "--experimental-vm-modules --disable-warning=ExperimentalWarning",
    };
    // With --outputFile the JSON goes there, and people read the rest, failures in full.
    const status = await runInherited(process.execPath, args, environment, projectDirectory);
    const text = await readFile(file, "utf8").catch(() => undefined);
    if (text === undefined) return failed;
    return jestResult(JSON.parse(text) as JestReport, status);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** @param status jest's exit status: not 0 although all tests passed means that something around them failed. */
export function jestResult(report: JestReport, status: number): CheckResult {
  const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  const notRun = tests.filter((test) => test.status === "pending" || test.status === "todo");
  const failures = report.numFailedTests + report.numRuntimeErrorTestSuites;
  return {
    passed: report.numPassedTests,
    failed: failures === 0 && status !== 0 ? 1 : failures,
    skipped: notRun.map(({ fullName }) => fullName),
  };
}
