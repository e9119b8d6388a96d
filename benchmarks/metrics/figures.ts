import { bootstrapIntervals, type Interval } from "./bootstrap.ts";
import { groupBy } from "./groupBy.ts";
import { measuredOf, uncertaintyOf, valuesOf, type Observation } from "./observation.ts";
import { mean, percentile, summarise, type Summary } from "./statistics.ts";

const at =
  (share: number) =>
  (sorted: readonly number[]): number =>
    percentile(sorted, share);

const withIntervals = { mean, p50: at(0.5), p90: at(0.9), p95: at(0.95), p99: at(0.99) };

/** A metric over all repetitions, in its unit. */
export interface MetricFigures {
  summary: Summary;
  /** 95 % bootstrap intervals, over repetitions where there are several. */
  intervals: Record<keyof typeof withIntervals, Interval>;
  /** Largest uncertainty among the observations; absent: all are exact. */
  uncertainty?: number;
}

/** Of the measured observations of a metric; undefined where none has a value. */
export function metricFigures(observations: readonly Observation[]): MetricFigures | undefined {
  const counted = measuredOf(observations);
  const byRepetition = [...groupBy(counted, ({ repetition }) => repetition).values()];
  const groups = byRepetition.map(valuesOf);
  const summary = summarise(groups.flat());
  const intervals = bootstrapIntervals(groups, withIntervals);
  if (!summary || !intervals) return undefined;
  return { summary, intervals, uncertainty: uncertaintyOf(counted) };
}
