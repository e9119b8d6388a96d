import { mean } from "../../../metrics/statistics.ts";
import { asError } from "../../../../providers/kit/plain/errors.ts";
import { partLimits } from "../../../parts/limits.ts";
import { Parts, type RunPlan } from "../../../run/parts.ts";
import { waitEnded } from "../../../parts/waiting.ts";
import type { Collected } from "../../../collect/collect.ts";
import type { PublisherSample, WorkerSample } from "../metrics/samples.ts";
import type { Calibration } from "../report/schema.ts";
import type { ImageBenchmark } from "../spec.ts";
import type { Assignment } from "./assignment.ts";
import { autoRate } from "./autoRate.ts";
import type { WorkerSpeed } from "./autoRate.ts";
import { partsAt } from "./parts.ts";
import { reading } from "./reading.ts";

/** Photos for each worker; the first one is slower and does not count. */
const photosEach = 8;
/** One after the other, as soon as each is answered: no photo's time comes before the one before is through. */
const atOnce = { rateHz: 1000, durationMs: photosEach, warmupMs: 0, inFlight: 1 };

/**
 * Finds out what one worker can do, and what rate follows: to each worker an endpoint of its own sends a few photos, the next
 * one when the last is answered, through the real chain. What counts is the time that the worker takes for each, so no link's
 * latency goes into it. Nothing of it is measured, and it has ended when this returns; raw files stay under "calibration".
 * @throws Error or RemoteError naming the machine and what was waited for.
 */
export async function calibrate(
  plan: RunPlan,
  whole: Assignment,
  benchmark: Pick<ImageBenchmark, "broker">,
): Promise<Calibration> {
  const { testbed, limits, signal, progress } = plan;
  const broker = testbed.machines.find(({ tier }) => tier === benchmark.broker);
  if (broker === undefined) throw new Error(`testbed ${testbed.name} has no ${benchmark.broker} machine with a broker`);
  const assignment = oneEach(whole);
  const mostMs = 4 * limits.readyMs + (photosEach + 1) * limits.replyMs + 10 * limits.commandMs;
  const parts = new Parts(plan, partsAt(assignment, atOnce, partLimits(limits, mostMs)), reading);
  let failure: Error | undefined;
  try {
    progress.news({ phase: "start", text: "starts workers and publishers" });
    await parts.start(mostMs);
    progress.news({ phase: "calibrate", text: `sends ${photosEach} photos to each worker, one after the other` });
    // By any clock the time has come.
    await parts.go(() => 0);
    const { ending, serving } = parts;
    const onCounts = ({ answered = 0 }: Readonly<Record<string, number>>): void => {
      const total = photosEach * ending.length;
      const counts = { done: answered, total, unit: "answers" } as const;
      progress.news({ phase: "calibrate", text: `${answered} of ${total} answered`, counts });
    };
    const wait = { limitMs: limits.replyMs + limits.commandMs, mostMs, pollMs: limits.pollMs, signal };
    await waitEnded({ ending, serving, expectedMs: performance.now() + limits.pollMs, onCounts }, wait);
  } catch (error) {
    failure = asError(error);
  }
  failure ??= (await parts.stop())[0];
  const collected = await parts.collect("calibration");
  const lost = collected.find(({ problem }) => problem !== undefined)?.problem;
  failure ??= lost === undefined ? undefined : new Error(lost);
  if (failure) throw failure;

  const done = collected.filter(({ role }) => role === "worker") as Collected<WorkerSample>[];
  const sent = collected.filter(({ role }) => role === "publisher") as Collected<PublisherSample>[];
  const speeds = done.flatMap(({ name, samples }): WorkerSpeed[] => {
    const services = samples.slice(1).map(({ startedMs, repliedMs }) => repliedMs - startedMs);
    return services.length === 0 ? [] : [{ worker: name, serviceMs: mean(services), photos: services.length }];
  });
  const silent = assignment.workers.find(({ name }) => speeds.every(({ worker }) => worker !== name));
  if (silent) throw new Error(`rate: auto: ${silent.name} answered no photo within ${limits.replyMs / 1000} s`);
  const photoBytes = mean(sent.flatMap(({ samples }) => samples.map(({ bytes }) => bytes)));
  return autoRate(testbed, whole, { speeds, photoBytes }, broker);
}

/** The first endpoint of each worker that has one. */
function oneEach({ endpoints }: Assignment): Assignment {
  const first = new Map([...endpoints].reverse().map((one) => [one.worker.name, one]));
  const kept = endpoints.filter((one) => first.get(one.worker.name) === one);
  return { workers: kept.map(({ worker }) => worker), endpoints: kept };
}
