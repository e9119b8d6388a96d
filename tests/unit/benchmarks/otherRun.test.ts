import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { otherRun } from "../../../benchmarks/report/files/otherRun.ts";
import { benchmarkSchema } from "../../../components/experiment/whole/benchmark.ts";
import { computeReport, workload, type ImageReport } from "../../support/workload/imageReport.ts";
import { syntheticMeasurements } from "../../support/workload/syntheticRun.ts";

const report = computeReport(syntheticMeasurements(2, 10));
const { benchmark, testbed } = report;
const carriesOn = benchmark;
const fromSnapshot = { ...benchmark, startFrom: "snapshot" } as const;

let runs: string;
beforeEach(() => {
  runs = mkdtempSync(join(tmpdir(), "strata-results-"));
});
afterEach(() => {
  rmSync(runs, { recursive: true });
});

/** A run's folder with a report that differs in this. */
function ran(run: string, change: Partial<ImageReport> | string): void {
  mkdirSync(join(runs, run));
  const text = typeof change === "string" ? change : JSON.stringify({ ...report, ...change });
  writeFileSync(join(runs, run, "report.json"), text);
}

const beside = (of: typeof benchmark = fromSnapshot, on: typeof testbed = testbed): string | undefined =>
  otherRun(join(runs, "9"), { benchmark: of, testbed: on }, workload, benchmarkSchema)?.run;

test("it is the last one whose repetitions started in the other way, with its spread", () => {
  ran("1", {});
  ran("2", {});
  ran("3", { benchmark: fromSnapshot });
  expect(report.spread?.metrics).toMatchObject({ end_to_end: { repetitions: 2 } });
  expect(otherRun(join(runs, "9"), { benchmark: fromSnapshot, testbed }, workload, benchmarkSchema)).toEqual({
    run: "2",
    metrics: report.spread?.metrics,
  });
  expect(beside(carriesOn)).toBe("3");
});

test("how often, and what was asked of the result, makes it no other benchmark; all else does", () => {
  ran("1", { benchmark: { ...benchmark, repetitions: 7, thresholds: [] } });
  expect(beside()).toBe("1");
  expect(beside({ ...fromSnapshot, rateHz: 99 })).toBeUndefined();
  expect(beside({ ...fromSnapshot, worker: "edge" })).toBeUndefined();
  expect(beside(fromSnapshot, { ...testbed, benchmark: fromSnapshot })).toBe("1");
  expect(beside(fromSnapshot, { ...testbed, image: "0123456789abcdef" })).toBeUndefined();
});

test("a run that was not completed, one without spread, a damaged one and this one itself are none", () => {
  ran("1", { outcome: { kind: "interrupted" } });
  ran("2", { spread: undefined });
  ran("3", "{");
  ran("4", JSON.stringify({ ...report, schema: "strata/report@0" }));
  ran("9", {});
  mkdirSync(join(runs, "5"));
  expect(beside()).toBeUndefined();
});

test("without any results there is none", () => {
  expect(otherRun(join(runs, "none", "9"), report, workload, benchmarkSchema)).toBeUndefined();
});
