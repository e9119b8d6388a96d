import { execa } from "execa";
import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { withTemporaryDirectory } from "../../providers/kit/plain/privateDirectory.ts";
import { withoutOwnVariables } from "../../setup/environment.ts";
import { projectDirectory } from "../pulumi.ts";
import { runInherited } from "../runInherited.ts";
import { failed, type Check, type CheckResult } from "./check.ts";

/** A file of tests; the message is of one that could not be run, or not to its end. */
interface JestFile {
  name: string;
  status: string;
  message: string;
  assertionResults: { fullName: string; status: string; failureMessages: string[] }[];
}

/** The part of `jest --json` that is read here. */
interface JestReport {
  numPassedTests: number;
  numFailedTests: number;
  /** Files that could not even be loaded. */
  numRuntimeErrorTestSuites: number;
  testResults: JestFile[];
}

export const unit: Check = {
  name: "unit",
  description: "everything that needs no host (jest)",
  needsSetup: false,
  after: [],
  // The cores would be idle half of the time else: jest leaves one to a watching developer.
  run: (filter) => runJest("unit", ["--maxWorkers=100%"], filter),
  matching: (filter) => matching("unit", filter),
};

export const engine: Check = {
  name: "engine",
  description: "real previews and updates, and a private libvirtd without machines (jest)",
  needsSetup: true,
  after: ["types"],
  // Two files at a time: with more, machines would miss the times that tests give them.
  run: (filter) => runJest("engine", ["--maxWorkers=2"], filter),
  matching: (filter) => matching("engine", filter),
};

export const e2e: Check = {
  name: "e2e",
  description: "real machines: build, measure, edit, destroy (jest)",
  needsSetup: true,
  // A single failure elsewhere is no reason to know nothing of real machines.
  after: ["types"],
  // One file takes minutes, so each test is told of when it ends.
  run: (filter) =>
    runJest("e2e", ["--runInBand", "--reporters=default", "--reporters=./tests/support/progress.ts"], filter),
  matching: (filter) => matching("e2e", filter),
};

const jest = join(projectDirectory, "node_modules/jest/bin/jest.js");
const environment = () => ({
  ...withoutOwnVariables(process.env),
  NODE_OPTIONS: "--experimental-vm-modules --disable-warning=ExperimentalWarning",
});

/** As jest itself understands the filter. */
async function matching(project: string, filter: string): Promise<string[]> {
  const args = [jest, "--selectProjects", project, "--listTests", "--testPathPatterns", filter];
  const { stdout } = await execa(process.execPath, args, { cwd: projectDirectory, env: environment() });
  return stdout.split("\n").filter((line) => line.endsWith(".test.ts"));
}

async function runJest(project: string, flags: readonly string[], filter: string | undefined): Promise<CheckResult> {
  return withTemporaryDirectory("strata-test-", async (directory) => {
    const file = join(directory, "report.json");
    const args = [
      jest,
      "--selectProjects",
      project,
      "--json",
      `--outputFile=${file}`,
      // Named: jest would take a bare word after a list for one more of it.
      ...(filter ? ["--testPathPatterns", filter, "--passWithNoTests"] : []),
      ...flags,
    ];
    // With --outputFile the JSON goes there, and people read the rest, failures in full.
    const status = await runInherited(process.execPath, args, environment(), projectDirectory);
    const text = await readFile(file, "utf8").catch(() => undefined);
    if (text === undefined) return failed;
    return jestResult(JSON.parse(text) as JestReport, status);
  });
}

/** @param status jest's exit status: not 0 although all tests passed means that something around them failed. */
export function jestResult(report: JestReport, status: number): CheckResult {
  const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  const notRun = tests.filter((test) => test.status === "pending" || test.status === "todo");
  const failures = report.numFailedTests + report.numRuntimeErrorTestSuites;
  return {
    passed: report.numPassedTests,
    failed: failures === 0 && status !== 0 ? 1 : failures,
    failures: report.testResults.flatMap(failuresOf),
    skipped: notRun.map(({ fullName }) => fullName),
  };
}

/** Of a failure this many lines are told again at the end of all. */
const toldLines = 12;

function failuresOf({ name, status, message, assertionResults }: JestFile): string[] {
  const tests = assertionResults.filter((test) => test.status === "failed");
  const named = tests.map(({ fullName, failureMessages }) => `${fullName}\n${failureMessages.join("\n")}`);
  const all = named.length === 0 && status === "failed" ? [`${relative(projectDirectory, name)}\n${message}`] : named;
  return all.map((text) => {
    const lines = stripVTControlCharacters(text).split("\n");
    return lines
      .filter((line) => line.trim() !== "")
      .slice(0, toldLines)
      .join("\n  ");
  });
}
