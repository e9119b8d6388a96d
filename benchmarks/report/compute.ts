import type { TestbedOutputs } from "../../components/contract/testbed.ts";
import type { BenchmarkSpec } from "../../components/spec/benchmark.ts";
import { messageOf } from "../../providers/kit/plain/errors.ts";
import { bootstrapIntervals } from "../metrics/bootstrap.ts";
import { breakdown } from "../metrics/breakdown.ts";
import { largest } from "../metrics/extent.ts";
import { measured } from "../metrics/join.ts";
import type { Photo } from "../metrics/join.ts";
import { labelAccuracy } from "../metrics/labels.ts";
import { crossMachine, latencies, latencyMetrics } from "../metrics/latency.ts";
import type { LatencyMetric } from "../metrics/latency.ts";
import { mean, percentile, summarise } from "../metrics/statistics.ts";
import { endpointTable, groupBy, workerTable } from "../metrics/tables.ts";
import { checkThresholds } from "../metrics/thresholds.ts";
import type { LinkCheck } from "../network/result.ts";
import { reportVersion } from "./schema.ts";
import type {
  Calibration,
  KubernetesReport,
  LatencyReport,
  Outcome,
  PhaseReport,
  Provenance,
  RepetitionReport,
  Report,
} from "./schema.ts";

export interface Measurements {
  testbed: TestbedOutputs;
  benchmark: BenchmarkSpec;
  /** Where the rate was found by the run. */
  calibration?: Calibration;
  startedAt: string;
  endedAt: string;
  network: LinkCheck[];
  repetitions: RepetitionReport[];
  photos: readonly Photo[];
  /** Accepted labels by photo file. */
  catalogue: ReadonlyMap<string, readonly string[]>;
  provenance: Provenance;
  /** How the run ended, where it did not come to its end. */
  ended?: Extract<Outcome, { kind: "failed" | "interrupted" }>;
  kubernetes?: KubernetesReport;
  /** Empty or absent: nothing was noted. */
  phases?: PhaseReport[];
  /** What is missing already, a sentence each. */
  problems?: string[];
}

/**
 * All figures of a report. Pure: the same measurements give the same report. A figure that can't be computed is left out
 * and named in `problems`; it takes no other one with it.
 */
export function computeReport(measurements: Measurements): Report {
  const { photos, repetitions, catalogue, ...facts } = measurements;
  const problems = [...(measurements.problems ?? [])];
  const part = <T>(what: string, compute: () => T, otherwise: T): T => {
    try {
      return compute();
    } catch (error) {
      problems.push(`${what} could not be computed: ${messageOf(error)}`);
      return otherwise;
    }
  };
  const counted = measured(photos);
  const latency = latencyMetrics.flatMap((metric) => {
    const found = part(`latency ${metric}`, () => latencyReport(counted, metric), undefined);
    return found ? [[metric, found] as const] : [];
  });
  const figures = {
    latency: Object.fromEntries(latency),
    lateness: part("lateness", () => summarise(counted.map((photo) => photo.sendDelayMs)), undefined),
    breakdown: part("where the time goes", () => breakdown(photos), []),
    workers: part("the table of workers", () => workerTable(photos), []),
    endpoints: part("the table of endpoints", () => endpointTable(photos), []),
    accuracy: part("the labels' accuracy", () => labelAccuracy(photos, catalogue), { known: 0, right: 0, wrong: [] }),
    thresholds: part("thresholds", () => checkThresholds(photos, facts.benchmark.thresholds), []),
  };
  return {
    schema: reportVersion,
    outcome: outcomeOf(measurements, problems),
    startedAt: facts.startedAt,
    endedAt: facts.endedAt,
    testbed: facts.testbed,
    benchmark: facts.benchmark,
    ...(facts.calibration === undefined ? {} : { calibration: facts.calibration }),
    network: facts.network,
    repetitions,
    ...figures,
    provenance: facts.provenance,
    ...(facts.kubernetes === undefined ? {} : { kubernetes: facts.kubernetes }),
    ...((facts.phases ?? []).length === 0 ? {} : { phases: facts.phases }),
    ...(problems.length === 0 ? {} : { problems }),
    samples: {
      file: "samples.csv",
      photos: photos.length,
      answered: photos.filter((photo) => photo.endToEndMs !== undefined).length,
      warmup: photos.length - counted.length,
    },
  };
}

function outcomeOf({ ended, repetitions }: Measurements, problems: readonly string[]): Outcome {
  if (ended) return ended;
  if (problems.length > 0) return { kind: "failed", reason: problems.join("; ") };
  const reasons = repetitions.flatMap(({ repetition, sustained, reasons: own }) =>
    sustained ? [] : own.map((reason) => (repetitions.length > 1 ? `repetition ${repetition}: ${reason}` : reason)),
  );
  const kept = repetitions.every(({ sustained }) => sustained);
  return kept ? { kind: "completed" } : { kind: "not-sustained", reasons };
}

const at =
  (share: number) =>
  (sorted: readonly number[]): number =>
    percentile(sorted, share);

const withIntervals = { mean, p50: at(0.5), p90: at(0.9), p95: at(0.95), p99: at(0.99) };

function latencyReport(counted: readonly Photo[], metric: LatencyMetric): LatencyReport | undefined {
  const byRepetition = [...groupBy(counted, (photo) => photo.repetition).values()];
  const groups = byRepetition.map((own) => latencies(own, metric));
  const summary = summarise(groups.flat());
  const intervals = bootstrapIntervals(groups, withIntervals);
  if (!summary || !intervals) return undefined;
  const uncertainties = counted.flatMap(({ way }) => (way ? [way.clockUncertaintyMs] : []));
  return { summary, intervals, clockUncertaintyMs: crossMachine[metric] ? largest(uncertainties) : undefined };
}
