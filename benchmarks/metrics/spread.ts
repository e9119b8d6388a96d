import { groupBy } from "./groupBy.ts";
import { measuredOf, valuesOf, type Observation } from "./observation.ts";
import { mean, standardDeviation } from "./statistics.ts";

/** How the means of repetitions differ, in the metric's unit. */
export interface Spread {
  /** Those in which something was measured. */
  repetitions: number;
  /** Of the repetitions' means. */
  mean: number;
  /** Sample standard deviation of the repetitions' means (n - 1). */
  sd: number;
}

/** Of the measured observations of a metric; undefined where fewer than two repetitions have a value. */
export function spreadOf(observations: readonly Observation[]): Spread | undefined {
  const groups = [...groupBy(measuredOf(observations), ({ repetition }) => repetition).values()].map(valuesOf);
  const means = groups.filter((values) => values.length > 0).map(mean);
  if (means.length < 2) return undefined;
  return { repetitions: means.length, mean: mean(means), sd: standardDeviation(means) };
}
