import type { TestbedOutputs } from "../../components/contract/testbed.ts";
import type { BenchmarkSpec } from "../../components/spec/benchmark.ts";
import { bootstrapIntervals } from "../metrics/bootstrap.ts";
import { breakdown } from "../metrics/breakdown.ts";
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
}

/** All figures of a report. Pure: the same measurements give the same report. */
export function computeReport(measurements: Measurements): Report {
  const { photos, repetitions, ended, catalogue, ...facts } = measurements;
  const counted = measured(photos);
  const unsustained = repetitions.filter((repetition) => !repetition.sustained);
  const reasons = unsustained.flatMap(({ repetition, reasons: own }) =>
    own.map((reason) => (repetitions.length > 1 ? `repetition ${repetition}: ${reason}` : reason)),
  );
  const outcome: Outcome =
    ended ?? (unsustained.length > 0 ? { kind: "not-sustained", reasons } : { kind: "completed" });
  return {
    schema: reportVersion,
    outcome,
    startedAt: facts.startedAt,
    endedAt: facts.endedAt,
    testbed: facts.testbed,
    benchmark: facts.benchmark,
    network: facts.network,
    repetitions,
    latency: Object.fromEntries(
      latencyMetrics.flatMap((metric) => {
        const latency = latencyReport(counted, metric);
        return latency ? [[metric, latency]] : [];
      }),
    ),
    lateness: summarise(counted.map((photo) => photo.sendDelayMs)),
    breakdown: breakdown(photos),
    workers: workerTable(photos),
    endpoints: endpointTable(photos),
    accuracy: labelAccuracy(photos, catalogue),
    thresholds: checkThresholds(photos, facts.benchmark.thresholds),
    provenance: facts.provenance,
    ...(facts.kubernetes === undefined ? {} : { kubernetes: facts.kubernetes }),
    ...((facts.phases ?? []).length === 0 ? {} : { phases: facts.phases }),
    samples: {
      file: "samples.csv",
      photos: photos.length,
      answered: photos.filter((photo) => photo.endToEndMs !== undefined).length,
      warmup: photos.length - counted.length,
    },
  };
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
  return { summary, intervals, clockUncertaintyMs: crossMachine[metric] ? Math.max(...uncertainties) : undefined };
}
