import type { BenchmarkSpec } from "../../components/spec/benchmark.ts";
import { mean } from "../metrics/statistics.ts";
import type { Calibration } from "../report/schema.ts";
import type { PublisherConfig } from "../workloads/image-classification/shared/protocol.ts";
import { asError } from "../../providers/kit/plain/errors.ts";
import type { Assignment } from "./assignment.ts";
import { autoRate } from "./autoRate.ts";
import type { WorkerSpeed } from "./autoRate.ts";
import { Parts, type RunPlan } from "./parts.ts";
import { waitPublished } from "./waiting.ts";

/** Photos for each worker; the first one is slower and does not count. */
const photosEach = 8;
/** One after the other, as soon as each is answered: no photo's time comes before the one before is through. */
const atOnce = { rateHz: 1000, durationMs: photosEach, warmupMs: 0, phaseMs: 0, inFlight: 1 };

/**
 * Finds out what one worker can do, and what rate follows: to each worker an endpoint of its own sends a few photos, the next
 * one when the last is answered, through the real chain. What counts is the time that the worker takes for each, so no link's
 * latency goes into it. Nothing of it is measured, and it has ended when this returns; raw files stay under "calibration".
 * @throws Error or RemoteError naming the machine and what was waited for.
 */
export async function calibrate(plan: RunPlan, benchmark: Pick<BenchmarkSpec, "broker">): Promise<Calibration> {
  const { testbed, limits, signal, progress, run } = plan;
  const broker = testbed.machines.find(({ tier }) => tier === benchmark.broker);
  if (broker === undefined) throw new Error(`testbed ${testbed.name} has no ${benchmark.broker} machine with a broker`);
  const assignment = oneEach(plan.assignment);
  const parts = new Parts({ ...plan, assignment });
  let failure: Error | undefined;
  try {
    progress.detail("starts workers and publishers");
    const configs = assignment.endpoints.map(({ endpoint, worker }): PublisherConfig => ({
      ...{ run, id: endpoint.name, worker: worker.name, ...atOnce },
      ...{ goLimitMs: 4 * limits.readyMs, replyLimitMs: limits.replyMs },
    }));
    const mostMs = 4 * limits.readyMs + (photosEach + 1) * limits.replyMs + 10 * limits.commandMs;
    await parts.start(configs, mostMs);
    progress.detail(`sends ${photosEach} photos to each worker, one after the other`);
    // By any clock the time has come.
    await Promise.all(parts.publishers.map((one) => one.go(0, signal)));
    const counted = (_sent: number, answered: number): void => {
      progress.detail(`${answered} of ${photosEach * parts.publishers.length} answered`);
    };
    const wait = { limitMs: limits.replyMs + limits.commandMs, mostMs, pollMs: limits.pollMs, signal };
    await waitPublished(parts.publishers, parts.workers, performance.now() + limits.pollMs, counted, wait);
  } catch (error) {
    failure = asError(error);
  }
  failure ??= (await parts.stop())[0];
  const { sent, done } = await parts.collect("calibration");
  const lost = [...sent, ...done].find(({ problem }) => problem !== undefined)?.problem;
  failure ??= lost === undefined ? undefined : new Error(lost);
  if (failure) throw failure;

  const speeds = done.flatMap(({ name, samples }): WorkerSpeed[] => {
    const services = samples.slice(1).map(({ startedMs, repliedMs }) => repliedMs - startedMs);
    return services.length === 0 ? [] : [{ worker: name, serviceMs: mean(services), photos: services.length }];
  });
  const silent = assignment.workers.find(({ name }) => speeds.every(({ worker }) => worker !== name));
  if (silent) throw new Error(`rate: auto: ${silent.name} answered no photo within ${limits.replyMs / 1000} s`);
  const photoBytes = mean(sent.flatMap(({ samples }) => samples.map(({ bytes }) => bytes)));
  return autoRate(testbed, plan.assignment, { speeds, photoBytes }, broker);
}

/** The first endpoint of each worker that has one. */
function oneEach({ endpoints }: Assignment): Assignment {
  const first = new Map([...endpoints].reverse().map((one) => [one.worker.name, one]));
  const kept = endpoints.filter((one) => first.get(one.worker.name) === one);
  return { workers: kept.map(({ worker }) => worker), endpoints: kept };
}
