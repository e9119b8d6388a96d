import { jest } from "@jest/globals";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BenchmarkOptions, BenchmarkResult } from "../../../benchmarks/run.ts";
import type { RepetitionData, RepetitionPlan } from "../../../benchmarks/run/repetition.ts";
import type { Transport } from "../../../benchmarks/transport/transport.ts";
import type { EmptyBenchmark } from "../../../benchmarks/workloads/empty/spec.ts";
import type { Tell } from "../../../events/event.ts";
import { localTestbed } from "../../support/workload/localTestbed.ts";

/** What was begun, kept and brought back, in order. */
const log: string[] = [];
/** Repetitions in which all goes well. */
jest.unstable_mockModule("../../../benchmarks/run/repetition.ts", () => ({
  runRepetition: ({ repetition }: RepetitionPlan): Promise<RepetitionData> =>
    Promise.resolve({
      ...{ repetition, startedAt: new Date(0).toISOString(), beginMs: 0, collected: [] },
      ...{ before: new Map(), after: new Map(), timeline: { results: new Map() }, failure: undefined },
    }),
}));
const { benchmarkTestbed } = await import("../../../benchmarks/run.ts");

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "strata-same-start-"));
  log.length = 0;
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const unused = (): Promise<never> => Promise.reject(new Error("not used here"));
const transport: Transport = {
  ...{ run: () => Promise.resolve(""), converse: unused, serve: unused },
  besideMachines: (command) => [...command],
};
const tell: Tell = (told) => {
  if (told.kind === "started") log.push(told.item.name);
};

/** Runs two repetitions from a snapshot; `fails` of it can't be done. */
function run(options: BenchmarkOptions, fails?: "keep" | "again"): Promise<BenchmarkResult> {
  const attempt = (what: "keep" | "again") => (): Promise<void> => {
    log.push(what);
    return what === fails ? Promise.reject(new Error(`no ${what}`)) : Promise.resolve();
  };
  const benchmark: EmptyBenchmark = {
    ...{ workload: "empty", worker: "cloud", sleepS: 0, thresholds: [] },
    ...{ repetitions: 2, startFrom: "snapshot" },
  };
  const sameStart = { keep: attempt("keep"), again: attempt("again") };
  const usual = { sameStart, directory, verifyNetwork: false };
  return benchmarkTestbed({ ...localTestbed, benchmark }, transport, { ...usual, ...options }, tell);
}

const kept = ["save", "keep"];
const again = ["restore", "again"];

test("the testbed is kept before the first repetition, and brought back before each other one", async () => {
  expect(await run({ repetitions: 3 })).toMatchObject({ outcome: "completed" });
  expect(log).toEqual([...kept, "repetition-1", ...again, "repetition-2", ...again, "repetition-3", "report"]);
});

test("nobody keeps it for repetitions that carry on", async () => {
  expect(await run({ startFrom: "carry-on" })).toMatchObject({ outcome: "completed" });
  expect(log).toEqual(["repetition-1", "repetition-2", "report"]);
});

test("where it can't be kept or brought back, the run has failed by that, with what was measured before", async () => {
  expect(await run({}, "keep")).toMatchObject({ outcome: "failed", reason: "no keep", report: { repetitions: [] } });
  const broken = await run({}, "again");
  expect(broken).toMatchObject({ outcome: "failed", reason: "no again" });
  expect(broken.report.repetitions.map(({ repetition }) => repetition)).toEqual([1]);
});

test("who can't keep a testbed says that strata bench can", async () => {
  expect(await run({ sameStart: undefined })).toMatchObject({
    outcome: "failed",
    reason: "repetitions that start from a snapshot are those of strata bench",
  });
});
