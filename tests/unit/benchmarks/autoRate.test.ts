import { assign } from "../../../benchmarks/workloads/image-classification/run/assignment.ts";
import { atRate, autoRate, type WorkerSpeed } from "../../../benchmarks/workloads/image-classification/run/autoRate.ts";
import { limits, limitsAt, measuredLimits } from "../../../benchmarks/parts/limits.ts";
import { rateSentence } from "../../../benchmarks/workloads/image-classification/report/rateSentence.ts";
import type { TestbedOutputs } from "../../../components/contract/testbed.ts";
import { imageBenchmark, localTestbed } from "../../support/workload/localTestbed.ts";
import { syntheticMeasurements } from "../../support/workload/syntheticRun.ts";
import { computeReport, printTables, reportPage, parseReport } from "../../support/workload/imageReport.ts";

const [cloud, edge, endpoint] = localTestbed.machines;
const benchmark = imageBenchmark;
const free = { jitterMs: 0, lossPercent: 0, latencyMs: 5 };

/** Two cloud machines, one edge with the broker, so many endpoints; links without a rate unless given. */
function testbed(endpoints: number, links: Record<string, object> = {}): TestbedOutputs {
  return {
    ...localTestbed,
    machines: [
      ...[0, 1].map((index) => ({ ...cloud!, name: `cloud-${index}`, index })),
      edge!,
      ...Array.from({ length: endpoints }, (_, index) => ({ ...endpoint!, name: `endpoint-${index}`, index })),
    ],
    links: [
      { ...free, name: "cloud-edge", from: "cloud", to: "edge", ...links["cloud-edge"] },
      { ...free, name: "edge-endpoint", from: "edge", to: "endpoint", ...links["edge-endpoint"] },
    ],
  };
}

const speeds = (...ms: number[]): WorkerSpeed[] =>
  ms.map((serviceMs, i) => ({ worker: `cloud-${i}`, serviceMs, photos: 7 }));

const found = (of: TestbedOutputs, workers: WorkerSpeed[]) =>
  autoRate(of, assign(of, benchmark), { speeds: workers, photoBytes: 68_000 }, edge!);
const rate = (of: TestbedOutputs, workers: WorkerSpeed[]): [number, string] => {
  const { rateHz, limit } = found(of, workers);
  return [rateHz, limit];
};

describe("rate: auto", () => {
  test("is half of what the slowest worker can do, shared by the endpoints that it serves, rounded down", () => {
    expect(rate(testbed(2), speeds(800, 812))).toEqual([0.61, "cloud-1"]);
    expect(rate(testbed(2), speeds(2400, 2400))).toEqual([0.2, "cloud-0"]);
    // cloud-0 serves endpoints 0 and 2.
    expect(rate(testbed(3), speeds(800, 812))).toEqual([0.31, "cloud-0"]);
  });

  test.each([-3, 0, NaN, Infinity])("a worker's time of %d ms gives none, and it is said of which", (ms) => {
    expect(() => rate(testbed(2), speeds(800, ms))).toThrow(/^rate: auto: what was measured of cloud-1 gives no rate/);
  });

  test("photos of no size give none", () => {
    const uplink = testbed(1, { "edge-endpoint": { up: { ...free, rateMbit: 1 } } });
    for (const photoBytes of [NaN, -1, 0])
      expect(() => autoRate(uplink, assign(uplink, benchmark), { speeds: speeds(10), photoBytes }, edge!)).toThrow(
        "what was measured of edge-endpoint gives no rate",
      );
  });

  test("is half of what the narrowest link on the way carries, where that is less", () => {
    const uplink = { "edge-endpoint": { rateMbit: 100, up: { ...free, rateMbit: 0.272 } } };
    expect(rate(testbed(2, uplink), speeds(100, 100))).toEqual([0.25, "edge-endpoint"]);
    // The other direction carries no photos.
    const downlink = { "edge-endpoint": { rateMbit: 0.272, up: { ...free, rateMbit: 100 } } };
    expect(rate(testbed(2, downlink), speeds(100, 100))).toEqual([5, "cloud-0"]);
    // What the broker sends on to the workers are all endpoints' photos.
    const onward = { "cloud-edge": { rateMbit: 100, up: { ...free, rateMbit: 1.088 } } };
    expect(rate(testbed(4, onward), speeds(10, 10))).toEqual([0.25, "cloud-edge"]);
    const own = {
      ...testbed(2),
      machineLinks: [{ ...free, machine: "endpoint-1", tier: "edge" as const, rateMbit: 0.544 }],
    };
    expect(rate(own, speeds(100, 100))).toEqual([0.5, "endpoint-1 edge"]);
    expect(rate({ ...testbed(4), access: { "edge-0": { downMbit: 2.176 } } }, speeds(10, 10))).toEqual([
      0.5,
      "access of edge-0",
    ]);
    expect(rate({ ...testbed(1), access: { endpoint: { upMbit: 0.544 } } }, speeds(10))).toEqual([
      0.5,
      "access of endpoint-0",
    ]);
  });

  test("never asks more of an endpoint than 10 Hz", () => {
    expect(rate(testbed(2), speeds(1, 1))).toEqual([10, "publisher"]);
  });

  test("lengthens a time in which few photos would be measured, to the threefold at most", () => {
    const lasts = (rateHz: number, warmupS = 8): [number, number] => {
      const calibration = { ...found(testbed(1), speeds(800)), rateHz };
      const rated = atRate({ ...benchmark, rateHz: "auto", durationS: 40, warmupS }, calibration);
      expect(rated.rateHz).toBe(rateHz);
      return [rated.durationS, rated.warmupS];
    };
    expect(lasts(0.62)).toEqual([40, 8]);
    expect(lasts(0.22)).toEqual([91, 10]);
    expect(lasts(0.05)).toEqual([120, 24]);
    expect(lasts(0.2, 0)).toEqual([100, 0]);
  });

  test("is told in one sentence: what was measured, which share was taken, and what sets the limit", () => {
    const sentence = (of: TestbedOutputs, workers: WorkerSpeed[]): string => rateSentence(found(of, workers));
    const measured = "cloud-0 takes 812.0 ms a photo (mean of 7, not counted below).";
    expect(sentence(testbed(1), speeds(812))).toBe(
      `rate: auto chose 0.61 Hz an endpoint, 50 % of its time; ${measured}`,
    );
    expect(sentence(testbed(3), speeds(812, 300))).toBe(
      `rate: auto chose 0.3 Hz an endpoint, 50 % of its time for its 2 endpoints; ${measured}`,
    );
    expect(sentence(testbed(1, { "edge-endpoint": { rateMbit: 0.272 } }), speeds(812))).toBe(
      `rate: auto chose 0.25 Hz an endpoint, 50 % of what edge-endpoint carries of photos of 68.0 kB; ${measured}`,
    );
  });

  test("stands in report.json, on the page and in the terminal; a report without it reads as before", () => {
    const calibration = found(testbed(1), speeds(812));
    const measurements = syntheticMeasurements(1, 20);
    const report = computeReport({ ...measurements, calibration });
    expect(parseReport(JSON.parse(JSON.stringify(report))).calibration).toEqual(calibration);
    expect(reportPage(report, measurements.samples).includes(rateSentence(calibration))).toBe(true);
    expect(printTables(report).includes(`${rateSentence(calibration)}\n`)).toBe(true);
    expect(computeReport(measurements)).not.toHaveProperty("calibration");
    const failed = computeReport({ ...measurements, benchmark: { ...benchmark, rateHz: "auto" }, samples: [] });
    expect(reportPage(failed, []).includes("a rate not found yet")).toBe(true);
  });
});

describe("limits of waiting", () => {
  test("grow with how much slower the machines are, and are never less than usual", () => {
    expect(limitsAt("emulated", 10)).toEqual(limits.emulated);
    expect(limitsAt("emulated", 7500)).toEqual({
      readyMs: 900_000,
      commandMs: 270_000,
      leadMs: 18_000,
      replyMs: 180_000,
      pollMs: 10_000,
    });
  });

  test("follow the slowest of the machines, at work all at once", async () => {
    const asked: string[] = [];
    const slow = {
      run: async ({ name }: { name: string }) => {
        asked.push(name);
        await new Promise((resolve) => setTimeout(resolve, name === "edge-0" ? 1000 : 0));
        return "";
      },
      converse: () => Promise.reject(new Error("not used here")),
      serve: () => Promise.reject(new Error("not used here")),
      besideMachines: (command: readonly string[]) => [...command],
    };
    const { signal } = new AbortController();
    const measured = await measuredLimits(slow, "hardware", [cloud!, edge!], signal);
    expect(asked).toEqual(["cloud-0", "edge-0"]);
    // Usual are 500 ms.
    expect(measured.readyMs).toBeGreaterThanOrEqual(1.99 * limits.hardware.readyMs);
  });
});
