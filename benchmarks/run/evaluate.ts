import type { TestbedOutputs } from "../../components/contract/testbed.ts";
import type { Collected } from "../collect/collect.ts";
import { driftPpm } from "../metrics/clock.ts";
import type { MachineClock, OffsetMeasurement } from "../metrics/clock.ts";
import { joinSamples } from "../metrics/join.ts";
import type { Photo } from "../metrics/join.ts";
import type { PublisherSample, WorkerSample } from "../metrics/samples.ts";
import { judgeSustained, type Sustained } from "../metrics/sustained.ts";
import type { ClockReport, RepetitionReport } from "../report/schema.ts";
import type { TimelineData } from "../timeline/players.ts";
import { timelineReport, withTracePlaces } from "../timeline/result.ts";
import { planSchedule } from "../workloads/image-classification/publisher/schedule.ts";
import type { RoleResult } from "../workloads/image-classification/shared/protocol.ts";
import { messageOf } from "../../providers/kit/plain/errors.ts";
import type { Assignment } from "./assignment.ts";
import type { RatedBenchmark } from "./autoRate.ts";

/** What one repetition left behind. */
export interface RepetitionData {
  repetition: number;
  startedAt: string;
  /** Absent: the machines run on other hosts. */
  hostLoad?: number;
  /** Machine whose clock is the reference; absent: it is the host's. */
  clockReference?: string;
  before: ReadonlyMap<string, OffsetMeasurement>;
  /** Empty when the run ended before. */
  after: ReadonlyMap<string, OffsetMeasurement>;
  /** In the order of the assignment's endpoints and workers. */
  sent: Collected<PublisherSample>[];
  done: Collected<WorkerSample>[];
  timeline: TimelineData;
  /** What was thrown; undefined when all went well. */
  failure: Error | undefined;
}

export interface EvaluatedRepetition {
  report: RepetitionReport;
  photos: Photo[];
  results: RoleResult[];
}

/** Joins and judges the samples of a repetition. */
export function evaluate(
  data: RepetitionData,
  assignment: Assignment,
  benchmark: RatedBenchmark,
  testbed: TestbedOutputs,
): EvaluatedRepetition {
  const clocks = new Map<string, MachineClock>(
    [...data.before].map(([machine, before]) => [machine, { before, after: data.after.get(machine) }]),
  );
  const results = [...data.sent, ...data.done].flatMap(({ result }) => result ?? []);
  const joined = joinSamples({
    repetition: data.repetition,
    clocks: new Map([...clocks, ...podClocks(assignment, clocks)]),
    workers: data.done.map(({ name, samples }) => ({ worker: name, samples })),
    endpoints: assignment.endpoints.flatMap(({ endpoint, worker }, i) => {
      const samples = data.sent[i]?.samples ?? [];
      return samples.length === 0 ? [] : { endpoint: endpoint.name, worker: worker.name, samples };
    }),
  });
  const photos = withTracePlaces(joined, testbed, data.timeline);
  const timeline = timelineReport(data.timeline, { testbed, faults: benchmark.faults ?? [], clocks });
  const warmupMs = benchmark.warmupS * 1000;
  const schedule = planSchedule({ ...benchmark, warmupMs, durationMs: benchmark.durationS * 1000, phaseMs: 0 }, 0);
  const plannedEach = schedule.filter(({ warmup }) => !warmup).length;
  const planned = new Map(assignment.endpoints.map(({ endpoint }) => [endpoint.name, plannedEach]));
  const judged = judge(photos, planned, benchmark.rateHz);
  return {
    photos,
    results,
    report: {
      repetition: data.repetition,
      startedAt: data.startedAt,
      ...(data.hostLoad === undefined ? {} : { hostLoad: data.hostLoad }),
      ...(data.clockReference === undefined ? {} : { clockReference: data.clockReference }),
      ...judged,
      clocks: Object.fromEntries(
        [...clocks].map(([machine, clock]) => [machine, clockReport(clock, resultsOn(machine, assignment, results))]),
      ),
      ...(timeline === undefined ? {} : { timeline }),
    },
  };
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

/** A pod's clock is its node's. */
function podClocks({ workers }: Assignment, clocks: ReadonlyMap<string, MachineClock>): [string, MachineClock][] {
  return workers.flatMap(({ name, machine }): [string, MachineClock][] => {
    const clock = clocks.get(machine.name);
    return clock === undefined ? [] : [[name, clock]];
  });
}

/** Results of what ran on a machine, in pods or not. */
function resultsOn(machine: string, { workers }: Assignment, results: readonly RoleResult[]): RoleResult[] {
  const names = [machine, ...workers.filter((one) => one.machine.name === machine).map(({ name }) => name)];
  return results.filter(({ id }) => names.includes(id));
}

function clockReport(clock: MachineClock, results: readonly RoleResult[]): ClockReport {
  const steps = results.map(({ clockStepMs }) => clockStepMs);
  return {
    offsetMs: clock.before.offsetMs,
    uncertaintyMs: Math.max(clock.before.uncertaintyMs, clock.after?.uncertaintyMs ?? 0),
    driftPpm: driftPpm(clock),
    stepMs: steps.find((step) => step !== 0) ?? 0,
  };
}
