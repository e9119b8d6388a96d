import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatSamples } from "../../../benchmarks/workloads/image-classification/report/samplesFile.ts";
import { networkText } from "../../../benchmarks/report/networkTable.ts";
import { textTable } from "../../../benchmarks/report/textTables.ts";
import { nearly, recomputed } from "../../support/recomputed.ts";
import { syntheticMeasurements } from "../../support/workload/syntheticRun.ts";
import {
  computeReport,
  printTables,
  readReport,
  renderReport,
  reportPage,
  parseReport,
  reportSchema,
} from "../../support/workload/imageReport.ts";

const measurements = syntheticMeasurements(2, 20);
const report = computeReport(measurements);

describe("the report", () => {
  test("is valid by its own schema, after a way through JSON", () => {
    const back = JSON.parse(JSON.stringify(report)) as unknown;
    expect(parseReport(back)).toEqual(back);
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
    const empty = computeReport({ ...measurements, samples: [], repetitions: [], network: [], ended });
    expect(reportSchema.safeParse(JSON.parse(JSON.stringify(empty))).success).toBe(true);
    expect(printTables(empty)).toBe(
      "✗ p95 end_to_end < 1200 ms: nothing was measured\n✗ mean queue <= 5 ms: nothing was measured\n\nFailed: cloud-0: start the worker: status 1. The samples are kept (0 of 0 photos answered).\n",
    );
    expect(reportPage(empty, [])).toContain("Failed: cloud-0: start the worker: status 1.");
  });
});

describe("the page", () => {
  const page = reportPage(report, measurements.samples);
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
      "Spread of repetitions",
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
    expect(reportPage(named, measurements.samples).includes("<script")).toBe(false);
  });
});

test("the tables of the command line are Continuum's", () => {
  const [workers, endpoints] = printTables(report).split("\n\n");
  expect(workers!.split("\n")[0]!.split(/ {2,}/)).toEqual([
    "worker_id",
    "total_time (s)",
    "delay_avg (ms)",
    "delay_stdev (ms)",
    "proc_time/data (ms)",
  ]);
  // Too wide for a line: the units stand below.
  expect(
    endpoints!
      .split("\n")
      .slice(0, 2)
      .map((line) => line.trim().split(/ {2,}/)),
  ).toEqual([
    ["total_time", "preproc_time/data", "data_size_avg", "latency_avg", "latency_stdev"],
    ["endpoint_id", "connected_to", "(s)", "(ms)", "(kB)", "(ms)", "(ms)"],
  ]);
});

describe("tables fit", () => {
  const long = {
    pod: "strata-worker-6d4b9f7c94-with-a-name-of-63-characters-as-kubernetes",
    why: `CrashLoopBackOff: back-off 5m0s restarting failed container=worker pod=${"x".repeat(120)}`,
    link: "endpoint-1234 cloud",
  };
  const pods = [
    {
      name: long.pod,
      node: "cloud-123",
      restarts: 12,
      createdAt: "2026-03-04T10:00:00Z",
      readyS: 1234,
      standing: long.why,
    },
  ];
  const network = report.network.map((check) => ({
    ...check,
    link: long.link,
    loss: { wantedPercent: 0.1, lost: 1234, sent: 10_000, verdict: "off" as const },
  }));
  const wide = { ...report, network, kubernetes: { pods, nodes: [] } };
  const text = printTables(wide);
  const tableLines = text.split("\n").filter((line) => !/^[✓✗]|^(Labels|Completed)/.test(line));

  test("into 100 columns of a terminal, with long names, whole", () => {
    for (const line of tableLines) expect(line.length).toBeLessThanOrEqual(100);
    expect(
      networkText(network)
        .split("\n")
        .every((line) => line.length <= 100),
    ).toBe(true);
    // Cells that were broken are there to their last character, and each part of a table names its rows.
    expect(tableLines.join("").replaceAll(/[^x]/g, "")).toContain("x".repeat(120));
    expect(text.split(long.link).length - 1).toBe(2 * network.length);
    for (const title of ["RTT", "verdict", "restarts", "latency_stdev", "proc_time/data (ms)"])
      expect(text).toContain(title);
  });

  test("a table that fits stays as it is", () => {
    expect(
      textTable(
        ["a", "long title"],
        [
          ["x", "1"],
          ["y y", "22"],
        ],
      ),
    ).toBe("a    long title\n───  ──────────\nx             1\ny y          22\n");
  });

  test("into the page: each table has a box of its own that scrolls, and long text is broken", () => {
    const page = reportPage(wide, measurements.samples);
    expect(page.split("<table").length).toBe(page.split('<div class="wide"><table').length);
    expect(page.includes(".wide { overflow-x: auto; }")).toBe(true);
    expect(page.includes(`<td class="text">${long.why}</td>`)).toBe(true);
  });
});

describe("renderReport", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "strata-report-"));
    writeFileSync(join(directory, "samples.csv"), formatSamples(measurements.samples));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  test("makes the page again from report.json and samples.csv", () => {
    writeFileSync(join(directory, "report.json"), JSON.stringify(report));
    expect(renderReport(directory, readReport(directory))).toBe(join(directory, "report.html"));
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

test("every figure is what samples.csv says by itself", () => {
  const run = syntheticMeasurements(1, 30);
  const { samples, workers, endpoints, breakdown, latency, lateness } = computeReport(run);
  const expected = recomputed(formatSamples(run.samples));
  expect({ samples, workers, endpoints, breakdown, endToEnd: latency.end_to_end?.summary, lateness }).toEqual(
    nearly(expected),
  );
});
