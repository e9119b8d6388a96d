import { execa } from "execa";
import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { withTemporaryDirectory } from "../../providers/kit/plain/privateDirectory.ts";
import { withoutOwnVariables } from "../../setup/pulumi/environment.ts";
import { projectDirectory } from "../pulumi/run.ts";
import { runInherited } from "../terminal/runInherited.ts";
import { failed, type Check, type CheckResult } from "./check.ts";
import { inOrder } from "./times.ts";

/** A file of tests; the message is of one that could not be run, or not to its end. */
interface JestFile {
  name: string;
  status: string;
  message: string;
  /** Milliseconds since 1970. */
  startTime: number;
  endTime: number;
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
  run: (files) => runJest("unit", ["--maxWorkers=100%"], files),
  files: (filter) => filesOf("unit", filter),
};

/** With more, machines would miss the times that tests give them. */
const engineFilesAtATime = 2;

export const engine: Check = {
  name: "engine",
  description: "real previews and updates, and a private libvirtd without machines (jest)",
  needsSetup: true,
  after: ["types"],
  run: (files) => runJest("engine", [`--maxWorkers=${engineFilesAtATime}`], files),
  files: (filter) => filesOf("engine", filter),
  filesAtATime: engineFilesAtATime,
};

export const e2e: Check = {
  name: "e2e",
  description: "real machines: build, measure, edit, destroy (jest)",
  needsSetup: true,
  // A single failure elsewhere is no reason to know nothing of real machines.
  after: ["types"],
  // One file takes minutes, so each test is told of when it ends.
  run: (files) =>
    runJest("e2e", ["--runInBand", "--reporters=default", "--reporters=./tests/support/progress.ts"], files),
  files: async (filter) => inOrder(await filesOf("e2e", filter)),
  filesAtATime: 1,
  optional: (file) => file !== "tests/e2e/quickstart.test.ts",
};

const jest = join(projectDirectory, "node_modules/jest/bin/jest.js");
const environment = () => ({
  ...withoutOwnVariables(process.env),
  NODE_OPTIONS: "--experimental-vm-modules --disable-warning=ExperimentalWarning",
});

/** Paths in the tree; a filter is what jest itself understands by it. */
async function filesOf(project: string, filter: string | undefined): Promise<string[]> {
  const pattern = filter === undefined ? [] : ["--testPathPatterns", filter];
  const args = [jest, "--selectProjects", project, "--listTests", ...pattern];
  const { stdout } = await execa(process.execPath, args, { cwd: projectDirectory, env: environment() });
  const files = stdout.split("\n").filter((line) => line.endsWith(".test.ts"));
  return files.map((file) => relative(projectDirectory, file)).sort();
}

async function runJest(project: string, flags: readonly string[], files?: readonly string[]): Promise<CheckResult> {
  return withTemporaryDirectory("strata-test-", async (directory) => {
    const file = join(directory, "report.json");
    const args = [
      jest,
      "--selectProjects",
      project,
      "--json",
      `--outputFile=${file}`,
      ...flags,
      ...(files === undefined ? [] : ["--runTestsByPath", ...files]),
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
  const unexplained = failures === 0 && status !== 0;
  const whole = unexplained ? [] : report.testResults.filter(isWhole);
  const took = whole.map((file): [string, number] => [relative(projectDirectory, file.name), secondsOf(file)]);
  return {
    passed: report.numPassedTests,
    failed: unexplained ? 1 : failures,
    failures: report.testResults.flatMap(failuresOf),
    skipped: notRun.map(({ fullName }) => fullName),
    passedFiles: new Map(took),
  };
}

const isWhole = ({ status, assertionResults }: JestFile): boolean =>
  status === "passed" && assertionResults.every((test) => test.status === "passed");

const secondsOf = ({ startTime, endTime }: JestFile): number => (endTime - startTime) / 1000;

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
