import { ascending, percentile } from "./statistics.ts";
import { seededRandom } from "./random.ts";

export interface Interval {
  low: number;
  high: number;
}

export interface BootstrapOptions {
  /** Share of the resamples inside the interval; 0.95. */
  confidence?: number;
  /** How many resamples; 1000. */
  resamples?: number;
  /** The same samples and seed give the same intervals. */
  seed?: number;
}

type Statistic = (sorted: readonly number[]) => number;

/**
 * Percentile bootstrap intervals (Efron 1979) of statistics over repetitions. Resampled on two levels, repetitions and
 * then the values within each (Davison and Hinkley 1997, 3.8), since values of one repetition are more alike than values
 * of different ones. With a single repetition only its values are resampled: such an interval says nothing about how
 * another run would differ.
 * @param groups values by repetition, in one unit. @param statistics by name, each of ascending values.
 * @returns an interval for each statistic; undefined when there are no values.
 */
export function bootstrapIntervals<Name extends string>(
  groups: readonly (readonly number[])[],
  statistics: Readonly<Record<Name, Statistic>>,
  { confidence = 0.95, resamples = 1000, seed = 1 }: BootstrapOptions = {},
): Record<Name, Interval> | undefined {
  const filled = groups.filter((group) => group.length > 0);
  if (filled.length === 0) return undefined;
  const random = seededRandom(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const entries = Object.entries<Statistic>(statistics);
  const results = entries.map(() => new Float64Array(resamples));
  for (let resample = 0; resample < resamples; resample += 1) {
    const values: number[] = [];
    for (let i = 0; i < filled.length; i += 1) {
      const group = pick(filled);
      for (let j = 0; j < group.length; j += 1) values.push(pick(group));
    }
    // A typed array sorts by number, several times faster than a comparison function does.
    const sorted = Array.from(Float64Array.from(values).sort());
    entries.forEach(([, statistic], i) => {
      const result = results[i];
      if (result) result[resample] = statistic(sorted);
    });
  }
  const tail = (1 - confidence) / 2;
  const intervals = entries.map(([name], i) => {
    const sorted = ascending(Array.from(results[i] ?? []));
    return [name, { low: percentile(sorted, tail), high: percentile(sorted, 1 - tail) }];
  });
  return Object.fromEntries(intervals) as Record<Name, Interval>;
}
