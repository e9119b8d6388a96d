import { largest } from "./extent.ts";

/** What can be observed of a workload. */
export interface Metric {
  /** "End to end". */
  title: string;
  /** From what to what, or of what: "intended send time → label received". */
  meaning: string;
  /** In reports, "#1f2937". */
  colour: string;
  /** "ms", "MB/s". */
  unit: string;
}

/** One value of a metric, or that there is none and why: an error and a loss are observations too. */
export interface Observation {
  /** Counted from 1. */
  repetition: number;
  /** The machine or pod that it is of. */
  source: string;
  /** In ms since 1970 by the reference clock. */
  atMs: number;
  warmup: boolean;
  /** In the metric's unit; absent: it failed. */
  value?: number;
  /** Why there is no value: "not answered". */
  failure?: string;
  /** The true value lies within +- this, in the metric's unit; absent: it is exact. */
  uncertainty?: number;
}

/** The values of those that have one. */
export const valuesOf = (observations: readonly Observation[]): number[] =>
  observations.flatMap(({ value }) => (value === undefined ? [] : [value]));

/** Those that count: not warm-up. */
export const measuredOf = <One extends Observation>(observations: readonly One[]): One[] =>
  observations.filter(({ warmup }) => !warmup);

/** The largest uncertainty among those that have a value; undefined where all are exact. */
export function uncertaintyOf(observations: readonly Observation[]): number | undefined {
  const found = observations.flatMap(({ uncertainty }) => (uncertainty === undefined ? [] : [uncertainty]));
  return found.length === 0 ? undefined : largest(found);
}
