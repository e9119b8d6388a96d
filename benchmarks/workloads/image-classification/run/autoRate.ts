import type { TestbedOutputs } from "../../../../components/contract/testbed.ts";
import { groupBy } from "../../../metrics/groupBy.ts";
import type { Calibration } from "../report/schema.ts";
import type { ImageBenchmark } from "../spec.ts";
import type { Assignment } from "./assignment.ts";
import { hopsOf } from "./hops.ts";

/** A benchmark whose rate is a number, as it is run. */
export type RatedBenchmark = Omit<ImageBenchmark, "rateHz"> & { rateHz: number };

/**
 * Share of what a worker or a link can carry. At half of it, arrivals at even distances find the worker idle, random ones
 * would wait for half a service time on average (M/D/1), and a machine that gets half as fast meanwhile still keeps up.
 */
export const safeShare = 0.5;
/**
 * The most that an endpoint sends by itself: a publisher's lateness of 2 ms (p99, docs/benchmarks.md) is 2 % of the interval
 * then, and machines are loaded by more endpoints rather than by faster ones.
 */
const mostHz = 10;
/** Measured photos of each endpoint below which the measured time is lengthened; p95 is the second highest of 20. */
const enoughPhotos = 20;
/** Photos of warm-up, where there is one. */
const enoughWarmup = 2;
/** What was asked for is lengthened by this at most. */
const longest = 3;

/** What a calibration's photos showed of one worker. */
export interface WorkerSpeed {
  worker: string;
  /** Mean time that the worker could do nothing else, of one photo in ms. */
  serviceMs: number;
  /** Photos that this is the mean of. */
  photos: number;
}

/**
 * The rate that a testbed can carry: the safe share of the slowest worker's time, divided by the endpoints that it serves, or
 * of the narrowest link on the photos' way, whichever is less.
 * @param speeds of each worker that has an endpoint. @param photoBytes mean size of a photo.
 * @throws Error naming the worker or link of which something impossible was measured.
 */
export function autoRate(
  testbed: Pick<TestbedOutputs, "links" | "machineLinks" | "access">,
  assignment: Assignment,
  { speeds, photoBytes }: { speeds: readonly WorkerSpeed[]; photoBytes: number },
  broker: TestbedOutputs["machines"][number],
): Calibration {
  const served = groupBy(assignment.endpoints, ({ worker }) => worker.name);
  const byWorkers = speeds.map((speed) => {
    const endpoints = served.get(speed.worker)?.length ?? 1;
    return { limit: speed.worker, ...speed, endpoints, rateHz: (safeShare * 1000) / (speed.serviceMs * endpoints) };
  });
  const slowest = byWorkers.sort((a, b) => a.rateHz - b.rateHz)[0];
  if (slowest === undefined) throw new Error("rate: auto: no worker answered a photo, so its speed is not known");
  const byLinks = hopsOf(testbed, assignment, broker).map(({ name, mbit, endpoints }) => ({
    limit: name,
    rateHz: (safeShare * mbit * 1e6) / (photoBytes * 8 * endpoints),
  }));
  const byPublisher = { limit: "publisher", rateHz: mostHz };
  const limits = [...byWorkers, ...byLinks, byPublisher];
  for (const { limit, rateHz } of limits) requireRate(limit, rateHz);
  const least = limits.sort((a, b) => a.rateHz - b.rateHz)[0] ?? slowest;
  const { worker, serviceMs, photos, endpoints } = slowest;
  const rateHz = roundedDown(least.rateHz);
  return { rateHz, limit: least.limit, share: safeShare, worker, serviceMs, photos, endpoints, photoBytes };
}

/** Times of a clock that was set back meanwhile, and what a machine makes up, give none. */
function requireRate(limit: string, rateHz: number): void {
  if (rateHz > 0 && Number.isFinite(rateHz)) return;
  throw new Error(
    `rate: auto: what was measured of ${limit} gives no rate (${rateHz} Hz): were clocks set meanwhile? Try again, or name a rate, such as 1 Hz`,
  );
}

/** The benchmark at that rate, lengthened where so few photos would be measured that they say little. */
export function atRate(benchmark: ImageBenchmark, { rateHz }: Calibration): RatedBenchmark {
  const lengthened = (asked: number, photos: number): number =>
    Math.max(asked, Math.ceil(Math.min(longest * asked, photos / rateHz)));
  const durationS = lengthened(benchmark.durationS, enoughPhotos);
  const warmupS = benchmark.warmupS === 0 ? 0 : lengthened(benchmark.warmupS, enoughWarmup);
  return { ...benchmark, rateHz, durationS, warmupS };
}

/** To two digits, so that it can be named again: 0.6157 is 0.61. */
function roundedDown(rateHz: number): number {
  const [digits, exponent] = rateHz.toExponential(6).split("e") as [string, string];
  return Number(`${Math.floor(Number(digits) * 10) / 10}e${exponent}`);
}
