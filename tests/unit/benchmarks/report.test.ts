import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { computeReport } from "../../../benchmarks/report/compute.ts";
import { reportPage } from "../../../benchmarks/report/page/page.ts";
import { readReport, renderReport } from "../../../benchmarks/report/render.ts";
import { formatSamples } from "../../../benchmarks/report/samplesFile.ts";
import { reportSchema } from "../../../benchmarks/report/schema.ts";
import { printTables } from "../../../benchmarks/report/textTables.ts";
import { syntheticMeasurements } from "../../support/workload/syntheticRun.ts";

const measurements = syntheticMeasurements(2, 20);
const report = computeReport(measurements);

describe("the report", () => {
  test("is valid by its own schema, after a way through JSON", () => {
    const back = JSON.parse(JSON.stringify(report)) as unknown;
    expect(reportSchema.parse(back)).toEqual(back);
  });

  test("the same measurements give the same report", () => {
    expect(computeReport(syntheticMeasurements(2, 20))).toEqual(report);
  });

  test("counts photos with the warm-up and without", () => {
    expect(report.samples).toEqual({ file: "samples.csv", photos: 40, answered: 40, warmup: 4 });
    expect(report.latency.end_to_end!.summary.n).toBe(36);
  });

  test("clock uncertainty stands beside what spans two clocks, and only there", () => {
    const uncertainties = Object.entries(report.latency).map(([metric, { clockUncertaintyMs }]) => [
      metric,
      clockUncertaintyMs,
    ]);
    expect(uncertainties).toEqual([
      ["end_to_end", undefined],
      ["uplink", 0.31],
      ["queue", undefined],
      ["processing", undefined],
      ["downlink", 0.31],
    ]);
  });

  test("a repetition that did not keep up makes the run not sustained", () => {
    const repetitions = measurements.repetitions.map((one, i) =>
      i === 1 ? { ...one, sustained: false, reasons: ["cloud-0 was busy 100 % of the time"] } : one,
    );
    expect(computeReport({ ...measurements, repetitions }).outcome).toEqual({
      kind: "not-sustained",
      reasons: ["repetition 2: cloud-0 was busy 100 % of the time"],
    });
  });

  test("a failed run without a sample is a valid report, too", () => {
    const ended = { kind: "failed", reason: "cloud-0: start the worker: status 1" } as const;
    const empty = computeReport({ ...measurements, photos: [], repetitions: [], network: [], ended });
    expect(reportSchema.safeParse(JSON.parse(JSON.stringify(empty))).success).toBe(true);
    expect(printTables(empty)).toBe(
      "✗ p95 end_to_end < 1200 ms: nothing was measured\n✗ mean queue <= 5 ms: nothing was measured\n\nFailed: cloud-0: start the worker: status 1. The samples are kept (0 of 0 photos answered).\n",
    );
    expect(reportPage(empty, [])).toContain("Failed: cloud-0: start the worker: status 1.");
  });
});

describe("the page", () => {
  const page = reportPage(report, measurements.photos);
  const text = (id: number): string => id.toFixed(1);

  test("loads nothing and runs nothing", () => {
    // A failing toMatch would print the whole page.
    expect(/<script|<link|<img|@import|url\(["']?(?!#)|https?:\/\/(?!www\.w3\.org)/.exec(page)?.[0]).toBeUndefined();
  });

  test("has the graph, three charts, and every section", () => {
    expect(page.match(/<svg [^>]*aria-label="[^"]+"/g)!.map((tag) => /label="([^"]+)"/.exec(tag)![1])).toEqual([
      "The testbed and its links",
      "End-to-end latency over time",
      "Distribution of the latencies",
      "Breakdown of the mean end-to-end time",
    ]);
    expect([...page.matchAll(/<h2>([^<]+)/g)].map((match) => match[1])).toEqual([
      "Thresholds",
      "Testbed",
      "Latency over time",
      "Distribution",
      "Where the time goes",
      "Latencies",
      "Worker and endpoint",
      "Links: wanted and measured",
      "Repetitions",
      "Wrong labels",
      "Clocks",
      "Provenance",
    ]);
  });

  test("shows the figures", () => {
    expect(page.includes(`<td>${text(report.workers[0]!.proc_time_ms)}</td>`)).toBe(true);
    expect(page.includes(`<td>${text(report.workers[0]!.delay_avg_ms)} ± 0.31</td>`)).toBe(true);
    expect(page.includes(`<td>${text(report.latency.uplink!.summary.mean)}</td>`)).toBe(true);
    expect(page.includes("RTT 22.1 of 15 ms ✗")).toBe(true);
    expect(page.includes("6.94 of 7.21 Mbit/s ✓")).toBe(true);
    expect(page.includes("0123456789ab+")).toBe(true);
  });

  test("text from outside is text", () => {
    const named = { ...report, testbed: { ...report.testbed, name: "<script>alert(1)</script>" } };
    expect(reportPage(named, measurements.photos).includes("<script")).toBe(false);
  });
});

test("the tables of the command line are Continuum's", () => {
  const lines = printTables(report).split("\n");
  expect(lines[0]!.split(/ {2,}/)).toEqual([
    "worker_id",
    "total_time (s)",
    "delay_avg (ms)",
    "delay_stdev (ms)",
    "proc_time/data (ms)",
  ]);
  expect(lines[4]!.split(/ {2,}/)).toEqual([
    "endpoint_id",
    "connected_to",
    "total_time (s)",
    "preproc_time/data (ms)",
    "data_size_avg (kB)",
    "latency_avg (ms)",
    "latency_stdev (ms)",
  ]);
});

describe("renderReport", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "strata-report-"));
    writeFileSync(join(directory, "samples.csv"), formatSamples(measurements.photos));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  test("makes the page again from report.json and samples.csv", () => {
    writeFileSync(join(directory, "report.json"), JSON.stringify(report));
    expect(renderReport(directory)).toBe(join(directory, "report.html"));
    expect(readFileSync(join(directory, "report.html"), "utf8")).toContain("<title>quickstart: image-classification");
  });

  test("refuses another version and a damaged file, by name", () => {
    const file = join(directory, "report.json");
    writeFileSync(file, JSON.stringify({ ...report, schema: "strata/report@2" }));
    expect(() => readReport(directory)).toThrow(`${file} is "strata/report@2", this Strata reads "strata/report@1"`);
    writeFileSync(file, JSON.stringify({ ...report, workers: "none" }));
    expect(() => readReport(directory)).toThrow(`${file} is damaged: workers: `);
  });
});
