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
  /** Values that a resample holds at most; 5000. */
  resampleSize?: number;
}

type Statistic = (sorted: readonly number[]) => number;

/**
 * Percentile bootstrap intervals (Efron 1979) of statistics over repetitions. Resampled on two levels, repetitions and
 * then the values within each (Davison and Hinkley 1997, 3.8), since values of one repetition are more alike than values
 * of different ones. With a single repetition only its values are resampled: such an interval says nothing about how
 * another run would differ.
 *
 * Of more than `resampleSize` values a resample draws only so many, from each repetition the same share (the m out of n
 * bootstrap, Bickel, Goetze and van Zwet 1997). What the values within the repetitions add to a statistic's spread is then
 * too large by the root of n / m, and is scaled back by it; what the choice of repetitions adds is left as it is. So the
 * time depends on `resampleSize` and not on the number of values.
 * @param groups values by repetition, in one unit. @param statistics by name, each of ascending values; its spread must
 * shrink with the root of their number, as a mean's and a percentile's does.
 * @returns an interval for each statistic; undefined when there are no values.
 */
export function bootstrapIntervals<Name extends string>(
  groups: readonly (readonly number[])[],
  statistics: Readonly<Record<Name, Statistic>>,
  { confidence = 0.95, resamples = 1000, seed = 1, resampleSize = 5000 }: BootstrapOptions = {},
): Record<Name, Interval> | undefined {
  const filled = groups.filter((group) => group.length > 0);
  if (filled.length === 0) return undefined;
  const entries = Object.entries<Statistic>(statistics);
  const share = Math.min(1, resampleSize / filled.reduce((sum, { length }) => sum + length, 0));
  const random = seededRandom(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const drawnOf = (length: number): number => Math.ceil(share * length);
  const centre =
    share === 1
      ? undefined
      : new Centre(
          filled,
          drawnOf,
          entries.map(([, statistic]) => statistic),
        );

  const results = entries.map(() => new Float64Array(resamples));
  for (let resample = 0; resample < resamples; resample += 1) {
    const values: number[] = [];
    const chosen: number[] = [];
    for (let i = 0; i < filled.length; i += 1) {
      const position = Math.floor(random() * filled.length);
      const group = filled[position] ?? [];
      chosen.push(position);
      const drawn = drawnOf(group.length);
      for (let j = 0; j < drawn; j += 1) values.push(pick(group));
    }
    const sorted = ascending(values);
    const middle = centre?.of(chosen);
    entries.forEach(([, statistic], i) => {
      const found = statistic(sorted);
      const from = middle?.[i];
      const result = results[i];
      if (result) result[resample] = from === undefined ? found : from + Math.sqrt(share) * (found - from);
    });
  }
  const tail = (1 - confidence) / 2;
  const intervals = entries.map(([name], i) => {
    const sorted = ascending(Array.from(results[i] ?? []));
    return [name, { low: percentile(sorted, tail), high: percentile(sorted, 1 - tail) }];
  });
  return Object.fromEntries(intervals) as Record<Name, Interval>;
}

/** The statistics of repetitions as they are, of those that a resample chose. */
class Centre {
  readonly #thinned: number[][];
  readonly #statistics: readonly Statistic[];
  /** What thinning takes from the statistics of all repetitions: of a mean, its outliers. */
  readonly #lost: number[];
  readonly #known = new Map<string, number[]>();

  /** Of each repetition so many values are held as a resample draws: the middles of blocks of equal share. */
  constructor(
    groups: readonly (readonly number[])[],
    sizeOf: (length: number) => number,
    statistics: readonly Statistic[],
  ) {
    this.#statistics = statistics;
    this.#thinned = groups.map((group) => {
      const sorted = ascending(group);
      const size = sizeOf(group.length);
      return Array.from({ length: size }, (_, i) => percentile(sorted, (i + 0.5) / size));
    });
    const [whole, thinned] = [ascending(groups.flat()), ascending(this.#thinned.flat())];
    this.#lost = statistics.map((statistic) => statistic(whole) - statistic(thinned));
  }

  of(chosen: readonly number[]): number[] {
    const key = ascending(chosen).join(" ");
    const known = this.#known.get(key);
    if (known) return known;
    const sorted = ascending(chosen.flatMap((position) => this.#thinned[position] ?? []));
    const found = this.#statistics.map((statistic, i) => statistic(sorted) + (this.#lost[i] ?? 0));
    this.#known.set(key, found);
    return found;
  }
}
