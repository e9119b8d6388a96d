import type { OffsetMeasurement } from "../../../benchmarks/metrics/clock.ts";
import { evaluate } from "../../../benchmarks/run/evaluate.ts";
import { everywhere } from "../../../benchmarks/run/everywhere.ts";
import type { PartResult } from "../../../benchmarks/parts/partFiles.ts";
import type { Place } from "../../../benchmarks/workload.ts";
import { workload as empty } from "../../../benchmarks/workloads/empty/workload.ts";
import { localTestbed } from "../../support/workload/localTestbed.ts";

const [cloud, edge] = localTestbed.machines;
const pods: Place[] = [
  { name: "pod-a", machine: cloud! },
  { name: "pod-b", machine: cloud! },
];
const clock = (machineMs: number, offsetMs: number, uncertaintyMs: number): OffsetMeasurement => ({
  ...{ machineMs, offsetMs, uncertaintyMs },
});
const result = (id: string, clockStepMs: number): PartResult => ({
  ...{ role: "empty", id, outcome: "completed", clockUncertaintyMs: 0.1, clockStepMs, versions: {} },
});
const sample = { startedMs: 1000, begunMs: 1040, endedMs: 2050 };

/** A repetition of two pods on one node, and what of it a test has otherwise. */
function evaluated({ steps = [0, 0], after = true, left = [sample] } = {}) {
  const collected = pods.map(({ name }, i) => ({
    ...{ role: "empty", name, samples: i === 0 ? [sample] : left, result: result(name, steps[i] ?? 0) },
  }));
  const before = new Map([
    ["cloud-0", clock(0, 100, 0.2)],
    ["edge-0", clock(0, 7, 0.3)],
  ]);
  const data = {
    ...{ repetition: 2, startedAt: "2026-03-04T10:12:00.000Z", beginMs: 900, collected, before },
    after: after ? new Map([["cloud-0", clock(1_000_000, 103, 0.5)]]) : new Map(),
    timeline: { results: new Map() },
  };
  const benchmark = { workload: "empty", worker: "kubernetes", sleepS: 1, repetitions: 1, thresholds: [] };
  const testbed = { ...localTestbed, machines: [cloud!, edge!] };
  const run = { assignment: pods, benchmark, testbed };
  return evaluate(data as never, empty, run as never);
}

test("a pod's times are by its node's clock, and the report has the clocks of machines", () => {
  const { samples, report, results } = evaluated();
  // 1040 by a clock that is 100 ms ahead, and gains 3 ms in 1000 s.
  expect(samples).toContainEqual({
    ...{ metric: "launch", repetition: 2, source: "pod-b", warmup: false, value: 40 },
    atMs: expect.closeTo(940, 1),
  });
  expect(report).toMatchObject({ repetition: 2, sustained: true, reasons: [] });
  expect(report.clocks).toEqual({
    // The larger uncertainty of both looks; 3 ms in 1000 s.
    "cloud-0": { offsetMs: 100, uncertaintyMs: 0.5, driftPpm: expect.closeTo(3, 6), stepMs: 0 },
    "edge-0": { offsetMs: 7, uncertaintyMs: 0.3, driftPpm: 0, stepMs: 0 },
  });
  expect(results.map(({ id }) => id)).toEqual(["pod-a", "pod-b"]);
});

test("a clock that a process saw being set is its machine's, whichever process it was", () => {
  for (const steps of [
    [0, 250],
    [250, 0],
  ]) {
    const { clocks } = evaluated({ steps }).report;
    expect([clocks["cloud-0"]!.stepMs, clocks["edge-0"]!.stepMs]).toEqual([250, 0]);
  }
});

test("where clocks were not looked at again no drift is known", () => {
  expect(evaluated({ after: false }).report.clocks["cloud-0"]).toEqual({
    ...{ offsetMs: 100, uncertaintyMs: 0.2, driftPpm: 0, stepMs: 0 },
  });
});

test("what the workload judges is the report's", () => {
  expect(evaluated({ left: [] }).report).toMatchObject({
    sustained: false,
    reasons: ["pod-b: its process did not come to its end"],
  });
});

test("in pods it runs in all pods, else on the machines of its tier", () => {
  const places = (worker: "kubernetes" | "edge") => everywhere(localTestbed, { workload: "empty", worker }, pods);
  expect(places("kubernetes")).toEqual(pods);
  expect(places("edge").map(({ name, machine }) => [name, machine])).toEqual([["edge-0", edge]]);
});
