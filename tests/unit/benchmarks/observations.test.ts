import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MachineClock } from "../../../benchmarks/metrics/clock.ts";
import { compute, type Observed } from "../../../benchmarks/report/observations/figures.ts";
import { read, write } from "../../../benchmarks/report/observations/samplesFile.ts";
import { workload as empty } from "../../../benchmarks/workloads/empty/workload.ts";
import { workload as stress } from "../../../benchmarks/workloads/stress/workload.ts";
import { localTestbed } from "../../support/workload/localTestbed.ts";

const [cloud, edge] = localTestbed.machines.map((machine) => ({ name: machine.name, machine }));
/** 500 ms ahead of the reference. */
const ahead: MachineClock = { before: { machineMs: 0, offsetMs: 500, uncertaintyMs: 1 } };
const repetition = (role: string, own: object[]) => ({
  repetition: 2,
  assignment: [cloud!, edge!],
  collected: [
    { role, name: "cloud-0", samples: own },
    { role, name: "edge-0", samples: [] },
  ],
  clocks: new Map([cloud, edge].map((place) => [place!.name, ahead])),
  beginMs: 9000,
  testbed: localTestbed,
  timeline: { results: new Map() },
});

test("empty: a process that left nothing is an observation that failed, of each metric, and the run did not keep up", () => {
  const sample = { startedMs: 10_000, begunMs: 10_080, endedMs: 11_090 };
  const { samples, judged } = empty.evaluate(repetition("empty", [sample]));
  const common = { repetition: 2, warmup: false };
  const failure = "its process did not come to its end";
  expect(samples).toEqual([
    { metric: "launch", ...common, source: "cloud-0", atMs: 9580, value: 80 },
    { metric: "run", ...common, source: "cloud-0", atMs: 9580, value: 1010 },
    { metric: "launch", ...common, source: "edge-0", atMs: 9000, failure },
    { metric: "run", ...common, source: "edge-0", atMs: 9000, failure },
  ]);
  expect(judged).toEqual({ sustained: false, reasons: [`edge-0: ${failure}`] });
});

test("stress: what was not measured of the time is an observation that failed; the last tenth may lack", () => {
  const second = (at: number, warmup: boolean) => ({ atMs: 1000 * at, spanMs: 1000, bytes: 3e6, warmup });
  const measured = [second(10, true), ...Array.from({ length: 9 }, (_, i) => second(11 + i, false))];
  const benchmark = { workload: "stress", worker: "cloud", cores: 1, memoryMiB: 8, repetitions: 1 } as const;
  const times = { durationS: 10, warmupS: 1, thresholds: [] };
  const { samples, judged } = stress.evaluate(repetition("stress", measured), { ...benchmark, ...times });
  expect(samples.slice(0, 2)).toEqual([
    { metric: "throughput", repetition: 2, source: "cloud-0", atMs: 9500, warmup: true, value: 3 },
    { metric: "throughput", repetition: 2, source: "cloud-0", atMs: 10_500, warmup: false, value: 3 },
  ]);
  expect(samples.filter(({ failure }) => failure !== undefined)).toEqual([
    {
      ...{ metric: "throughput", repetition: 2, source: "edge-0", atMs: 20_000, warmup: false },
      failure: "10 of 10 s were not measured",
    },
  ]);
  expect(judged).toEqual({ sustained: false, reasons: ["edge-0: 10 of 10 s were not measured"] });
});

const observed = (source: string, value: number | undefined, warmup = false): Observed => ({
  ...{ metric: "m", repetition: 1, source, atMs: 1, warmup },
  ...(value === undefined ? { failure: 'lost, "so"' } : { value, uncertainty: 0.5 }),
});
const samples = [observed("a", 900, true), observed("a", 1), observed("a", undefined), observed("b", 3)];

test("failures are counted beside the values, with their reasons, in all and by source; warm-up is neither", () => {
  const metrics = { m: { title: "M", meaning: "x", colour: "#000000", unit: "ms" } };
  const { m } = compute(metrics, { samples, results: [], part: (_what, work) => work() }).metrics;
  expect(m).toMatchObject({ unit: "ms", values: 2, failed: 1, failures: { 'lost, "so"': 1 }, uncertainty: 0.5 });
  expect(m!.summary).toMatchObject({ n: 2, mean: 2, min: 1, max: 3 });
  expect(m!.sources.map(({ source, failed, summary }) => [source, failed, summary?.mean])).toEqual([
    ["a", 1, 1],
    ["b", 0, 3],
  ]);
});

test("samples.csv reads back as it was, failures too", () => {
  const directory = mkdtempSync(join(tmpdir(), "observations-"));
  const file = join(directory, "samples.csv");
  writeFileSync(file, Array.from(write(samples)).join(""));
  expect(read(file)).toEqual(samples);
  rmSync(directory, { recursive: true });
});
