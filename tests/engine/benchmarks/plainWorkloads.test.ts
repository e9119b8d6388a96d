// Workloads that need no broker: their parts as processes of this host, the runner as it is.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openReport } from "../../../benchmarks/report.ts";
import type { ObservationReport } from "../../../benchmarks/report/observations/report.ts";
import { benchmarkTestbed, type BenchmarkResult } from "../../../benchmarks/run.ts";
import type { BenchmarkSpec } from "../../../components/experiment/whole/benchmark.ts";
import { localTestbed } from "../../support/workload/localTestbed.ts";
import { localTransport } from "../../support/workload/localTransport.ts";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "strata-run-"));
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

const details: string[] = [];

async function run(benchmark: BenchmarkSpec): Promise<[BenchmarkResult, ObservationReport]> {
  details.length = 0;
  const result = await benchmarkTestbed(
    { ...localTestbed, links: [], benchmark },
    localTransport(directory),
    { directory: join(directory, "results"), verifyNetwork: false },
    (told) => {
      if (told.kind === "progress") details.push(told.text);
    },
  );
  expect(result.outcome === "failed" ? result.reason : "").toBe("");
  // As it was written, by the workload's own schema.
  const { report } = await openReport(result.directory);
  expect(report).toEqual(JSON.parse(JSON.stringify(result.report)));
  return [result, report as unknown as ObservationReport];
}

test("empty: a process on each worker starts, sleeps and ends; what that takes is reported, repetition by repetition", async () => {
  const [result, report] = await run({
    ...{ workload: "empty", worker: "endpoint", sleepS: 0.5, repetitions: 2 },
    thresholds: [{ text: "max run < 1 h", statistic: "max", metric: "run", comparison: "<", limitMs: 3_600_000 }],
  });
  expect(result.outcome).toBe("completed");
  const { launch, run: slept } = report.metrics;
  expect([launch, slept].map((one) => [one!.values, one!.failed, one!.unit])).toEqual([
    [4, 0, "ms"],
    [4, 0, "ms"],
  ]);
  expect(launch!.summary!.min).toBeGreaterThan(0);
  // setTimeout may be early by less than a millisecond.
  expect(slept!.summary!.min).toBeGreaterThan(499);
  expect(slept!.sources.map(({ source, summary }) => [source, summary?.n])).toEqual([
    ["endpoint-0", 2],
    ["endpoint-1", 2],
  ]);
  expect(report.thresholds).toMatchObject([{ text: "max run < 1 h", met: true }]);
  expect(readFileSync(join(result.directory, "samples.csv"), "utf8").trim().split("\n")).toHaveLength(1 + 8);
  const page = readFileSync(join(result.directory, "report.html"), "utf8");
  expect(page).toContain("<h2>Launch over time</h2>");
  expect(page).not.toMatch(/photo/i);
  expect(existsSync(join(result.directory, "raw/repetition-2/endpoint-1.empty.csv"))).toBe(true);
});

test("stress: threads hash what is in memory; each second's throughput is an observation, warm-up left out", async () => {
  const [result, report] = await run({
    ...{ workload: "stress", worker: "cloud", cores: 2, memoryMiB: 8, durationS: 3, warmupS: 1 },
    ...{ repetitions: 1, thresholds: [] },
  });
  // On a busy host the threads may get none of the last second, and then the run has to say so.
  expect(["completed", "not-sustained"]).toContain(result.outcome);
  const { throughput } = report.metrics;
  expect(throughput).toMatchObject({ unit: "MB/s", failed: result.outcome === "completed" ? 0 : 1 });
  // One a second, or fewer and longer ones where the threads have all the processor.
  expect(throughput!.values).toBeGreaterThanOrEqual(1);
  expect(throughput!.values).toBeLessThanOrEqual(4);
  expect(throughput!.summary!.min).toBeGreaterThan(0);
  expect(report.samples.warmup).toBeGreaterThanOrEqual(1);
  expect(details.some((text) => /^[1-9]\d* s of load, of all workers together$/.test(text))).toBe(true);
  // Bytes and spans as recorded give the same mean.
  const [, ...lines] = readFileSync(join(result.directory, "raw/repetition-1/cloud-0.stress.csv"), "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(",").map(Number) as [number, number, number, number]);
  const rates = lines.filter(([, , , warmup]) => warmup === 0).map(([, spanMs, bytes]) => bytes / 1e3 / spanMs);
  expect(throughput!.summary!.mean).toBeCloseTo(rates.reduce((sum, rate) => sum + rate, 0) / rates.length, 1);
});
