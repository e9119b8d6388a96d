import type { Collected } from "../../../collect/collect.ts";
import { messageOf } from "../../../../providers/kit/plain/errors.ts";
import { withTracePlaces } from "../../../injection/result.ts";
import type { RepetitionSamples } from "../../../workload.ts";
import { planSchedule } from "../container/publisher/schedule.ts";
import { joinSamples } from "../metrics/join.ts";
import type { Photo } from "../metrics/join.ts";
import type { PublisherSample, WorkerSample } from "../metrics/samples.ts";
import { judgeSustained, type Sustained } from "../metrics/sustained.ts";
import type { Assignment } from "./assignment.ts";
import type { RatedBenchmark } from "./autoRate.ts";

/** Joins and judges the samples of a repetition. */
export function evaluate(
  { repetition, assignment, collected, clocks, testbed, timeline }: RepetitionSamples<Assignment>,
  benchmark: RatedBenchmark,
): { samples: Photo[]; judged: Sustained } {
  const sent = collected.filter(({ role }) => role === "publisher") as Collected<PublisherSample>[];
  const done = collected.filter(({ role }) => role === "worker") as Collected<WorkerSample>[];
  const joined = joinSamples({
    repetition,
    clocks,
    workers: done.map(({ name, samples }) => ({ worker: name, samples })),
    endpoints: assignment.endpoints.flatMap(({ endpoint, worker }, i) => {
      const samples = sent[i]?.samples ?? [];
      return samples.length === 0 ? [] : { endpoint: endpoint.name, worker: worker.name, samples };
    }),
  });
  const samples = withTracePlaces(joined, testbed, timeline);
  const warmupMs = benchmark.warmupS * 1000;
  const schedule = planSchedule({ ...benchmark, warmupMs, durationMs: benchmark.durationS * 1000, phaseMs: 0 }, 0);
  const plannedEach = schedule.filter(({ warmup }) => !warmup).length;
  const planned = new Map(assignment.endpoints.map(({ endpoint }) => [endpoint.name, plannedEach]));
  return { samples, judged: judge(samples, planned, benchmark.rateHz) };
}

/** Photos that can't be judged are kept, and the repetition counts as one that did not keep up. */
function judge(photos: readonly Photo[], planned: ReadonlyMap<string, number>, rateHz: number): Sustained {
  try {
    return judgeSustained(photos, planned, rateHz);
  } catch (error) {
    const reasons = [`it could not be judged: ${messageOf(error)}`];
    const counts = { planned: 0, sent: photos.length, answered: 0, backlogGrowth: 0, busyShare: {} };
    return { sustained: false, reasons, ...counts };
  }
}
