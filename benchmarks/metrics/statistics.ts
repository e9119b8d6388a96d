/** Arithmetic mean; NaN of nothing. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Sample standard deviation (n - 1); 0 of a single value, NaN of nothing. */
export function standardDeviation(values: readonly number[]): number {
  if (values.length < 2) return values.length === 1 ? 0 : NaN;
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
}

/**
 * The value below which a share of the values lies, linearly interpolated between neighbours (type 7 of Hyndman and Fan
 * 1996, the default of R and NumPy); NaN of nothing.
 * @param sorted ascending.
 * @param share 0 to 1.
 */
export function percentile(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)] ?? NaN;
  const above = sorted[Math.ceil(position)] ?? NaN;
  return below + (above - below) * (position - Math.floor(position));
}

/** A typed array sorts by number, several times faster than a comparison function does. */
export const ascending = (values: readonly number[]): number[] => Array.from(Float64Array.from(values).sort());

export interface Summary {
  n: number;
  mean: number;
  sd: number;
  min: number;
  p50: number;
  p90: number;
  p95: number;
  p99: number;
  max: number;
}

/** Of values in one unit; undefined of nothing. */
export function summarise(values: readonly number[]): Summary | undefined {
  if (values.length === 0) return undefined;
  const sorted = ascending(values);
  const at = (share: number): number => percentile(sorted, share);
  return {
    n: sorted.length,
    mean: mean(sorted),
    sd: standardDeviation(sorted),
    min: at(0),
    p50: at(0.5),
    p90: at(0.9),
    p95: at(0.95),
    p99: at(0.99),
    max: at(1),
  };
}
