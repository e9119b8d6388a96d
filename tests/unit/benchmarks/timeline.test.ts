import { faultName, faultOrders } from "../../../benchmarks/injection/faultOrders.ts";
import { timelineReport, withTracePlaces } from "../../../benchmarks/injection/result.ts";
import { placeIn, tracedMachines, tracesOf } from "../../../benchmarks/injection/traces.ts";
import { observe } from "../../../benchmarks/workloads/image-classification/metrics/latency.ts";
import type { ImageBenchmark } from "../../../benchmarks/workloads/image-classification/spec.ts";
import type { Photo } from "../../../benchmarks/workloads/image-classification/metrics/join.ts";
import { overTime } from "../../../benchmarks/report/charts/overTime.ts";
import { timelineSection } from "../../../benchmarks/report/page/timeline.ts";
import { formatSamples, parseSamples } from "../../../benchmarks/workloads/image-classification/report/samplesFile.ts";
import type { MachineOutputs } from "../../../components/contract/testbed.ts";
import type { FaultSpec } from "../../../components/experiment/fault.ts";
import { syntheticMeasurements } from "../../support/workload/syntheticRun.ts";
import { computeReport, printTables, parseReport } from "../../support/workload/imageReport.ts";

const machine = (tier: "cloud" | "edge" | "endpoint", index: number, address: string): MachineOutputs => ({
  ...{ name: `${tier}-${index}`, tier, index, address, cpus: 1, memoryMiB: 512 },
});
const machines = [
  machine("cloud", 0, "10.0.0.1"),
  machine("cloud", 1, "10.0.0.2"),
  machine("edge", 0, "10.0.1.1"),
  machine("endpoint", 0, "10.0.2.1"),
];
const span = { atS: 2, durationS: 0.5 };
const faults: FaultSpec[] = [
  { kind: "partition", tier: "cloud", ...span },
  { kind: "loss-burst", link: "edge-endpoint", lossPercent: 20, ...span },
  { kind: "latency-step", link: "cloud-cloud", addedMs: 50, ...span },
];

const whom = (fault: FaultSpec) =>
  Object.fromEntries([...faultOrders({ machines }, [fault])].map(([name, [order]]) => [name, order?.addresses]));

test("both ends of a fault do what they send; a partition leaves a tier's own machines and the host alone", () => {
  expect(whom(faults[0]!)).toEqual({
    "cloud-0": ["10.0.1.1", "10.0.2.1"],
    "cloud-1": ["10.0.1.1", "10.0.2.1"],
    "edge-0": ["10.0.0.1", "10.0.0.2"],
    "endpoint-0": ["10.0.0.1", "10.0.0.2"],
  });
  expect(whom(faults[1]!)).toEqual({ "edge-0": ["10.0.2.1"], "endpoint-0": ["10.0.1.1"] });
  expect(whom(faults[2]!)).toEqual({ "cloud-0": ["10.0.0.2"], "cloud-1": ["10.0.0.1"] });
  expect(whom({ kind: "link-down", link: "endpoint-endpoint", ...span })).toEqual({});
});

test("orders in ms, by the fault's place in the list", () => {
  expect(faultOrders({ machines }, faults).get("endpoint-0")).toEqual([
    { fault: 0, addresses: ["10.0.0.1", "10.0.0.2"], atMs: 2000, forMs: 500, lossPercent: 100, addedMs: 0 },
    { fault: 1, addresses: ["10.0.1.1"], atMs: 2000, forMs: 500, lossPercent: 20, addedMs: 0 },
  ]);
  expect(faultOrders({ machines }, faults).get("cloud-0")?.[1]).toMatchObject({
    fault: 2,
    lossPercent: 0,
    addedMs: 50,
  });
});

const trace = { file: "x.csv", sha256: "ab", loop: true, lengthMs: 1500 };
const shape = { latencyMs: 1, jitterMs: 0, lossPercent: 0 };
const links = [
  { name: "cloud-edge", from: "cloud" as const, to: "edge" as const, ...shape, trace },
  {
    ...{ name: "edge-endpoint", from: "edge" as const, to: "endpoint" as const, ...shape },
    up: { ...shape, trace: { ...trace, loop: false } },
  },
];

test("traces by the link, both ways as one; who may hold them; where they are", () => {
  expect(tracesOf({ links, machines })).toEqual([
    { name: "cloud-edge", ...trace },
    { name: "edge-endpoint up", ...trace, loop: false },
  ]);
  expect(tracedMachines({ links: links.slice(0, 1), machines }).map(({ name }) => name)).toEqual([
    "cloud-0",
    "cloud-1",
    "edge-0",
  ]);
  const own = { machine: "endpoint-0", tier: "edge" as const, ...shape, sent: { ...shape, trace } };
  expect(tracesOf({ links: [], machines, machineLinks: [own] }).map(({ name }) => name)).toEqual([
    "endpoint-0 edge sent",
  ]);
  expect(tracedMachines({ links: [], machines, machineLinks: [own] }).map(({ name }) => name)).toEqual([
    "edge-0",
    "endpoint-0",
  ]);
  const [looped, once] = tracesOf({ links, machines });
  expect([-500, 0, 1499, 1501, 3100].map((ms) => placeIn(looped!, ms))).toEqual([0, 0, 1499, 1, 100]);
  expect([-500, 0, 1499, 1501, 3100].map((ms) => placeIn(once!, ms))).toEqual([0, 0, 1499, 1500, 1500]);
});

const photo = (intendedMs: number): Photo => ({
  ...{ repetition: 1, endpoint: "endpoint-0", worker: "cloud-0", seq: 0, photo: "a.jpg", warmup: false, bytes: 1 },
  ...{ intendedMs, sendDelayMs: 0, preprocMs: 0, endToEndMs: 9, label: "cat" },
});

test("samples say where in its trace each link was, and are read back so", () => {
  const placed = withTracePlaces([photo(900), photo(2700)], { links, machines }, { beginMs: 1000, results: new Map() });
  const text = formatSamples(placed);
  const [header, ...rows] = text.trimEnd().split("\n");
  expect(header).toMatch(/,clockUncertaintyMs,traceMs cloud-edge,traceMs edge-endpoint up$/);
  expect(rows.map((row) => row.split(",").slice(-2))).toEqual([
    ["0", "0"],
    ["200", "1500"],
  ]);
  expect(parseSamples(text).map(({ traceMs }) => traceMs)).toEqual(placed.map(({ traceMs }) => traceMs));
  expect(formatSamples([photo(1)])).not.toContain("traceMs");
  expect(parseSamples(formatSamples([photo(1)]))[0]).not.toHaveProperty("traceMs");
});

const clock = { before: { machineMs: 0, offsetMs: 40, uncertaintyMs: 0.2 } };
const done = { startedMs: 10_041, changes: 3, skipped: 0, latenessMs: { mean: 2, max: 4 }, errors: [], restored: true };
const result = { ...done, faults: [{ fault: 1, beganMs: 12_043, endedMs: 12_544 }] };
const timeline = timelineReport(
  { beginMs: 10_000, results: new Map([["endpoint-0", result]]) },
  { testbed: { machines }, faults, clocks: new Map([["endpoint-0", clock]]) },
)!;

test("what injectors did, by the host's clock: skew of the start, faults asked and real", () => {
  expect(timeline.injectors).toEqual([
    {
      ...{ machine: "endpoint-0", startSkewMs: 1, uncertaintyMs: 0.2, changes: 3, skipped: 0 },
      ...{ latenessMeanMs: 2, latenessMaxMs: 4, restored: true },
    },
  ]);
  expect(timeline.faults[1]).toEqual({
    name: "loss-burst of 20 % on edge-endpoint",
    ...span,
    machines: [
      { machine: "edge-0", beganS: undefined, endedS: undefined },
      { machine: "endpoint-0", beganS: 2.003, endedS: 2.504 },
    ],
  });
  const nobody = { testbed: { machines }, faults, clocks: new Map() };
  expect(timelineReport({ results: new Map() }, nobody)).toBeUndefined();
});

const drawn = ({ faults: own, warmupS }: ImageBenchmark): string =>
  overTime(observe(syntheticMeasurements().samples, "end_to_end"), { faults: own, warmupS, values: "ms", label: "" });

test("the report holds and shows them; the plot shades the time", () => {
  const measurements = syntheticMeasurements();
  const [first] = measurements.repetitions;
  const benchmark = { ...measurements.benchmark, faults };
  const report = computeReport({ ...measurements, benchmark, repetitions: [{ ...first!, timeline }] });
  expect(parseReport(JSON.parse(JSON.stringify(report))).repetitions[0]?.timeline?.faults).toHaveLength(3);
  expect(printTables(report)).toMatch(/^loss-burst of 20 % on edge-endpoint +2 +0\.5 +1 +endpoint-0 +2\.003 +2\.504$/m);
  // An older report, of which a program reads what it reads of a new one.
  const older = JSON.parse(JSON.stringify(report).replace('"injectors":', '"players":')) as unknown;
  expect(parseReport(older)).toEqual(parseReport(JSON.parse(JSON.stringify(report))));
  const page = timelineSection(report);
  expect(page).toContain("Traces and faults");
  expect(page).toContain("2.504");
  expect(timelineSection(computeReport(measurements))).toBe("");
  expect(drawn(benchmark)).toContain(faultName(faults[1]!));
  expect(drawn(measurements.benchmark)).not.toContain("loss-burst");
});
