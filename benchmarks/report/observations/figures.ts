import { z } from "zod";
import { metricFigures } from "../../metrics/figures.ts";
import { groupBy } from "../../metrics/groupBy.ts";
import { measuredOf, valuesOf, type Metric, type Observation } from "../../metrics/observation.ts";
import { summarise } from "../../metrics/statistics.ts";
import { intervalsSchema, summarySchema } from "../figuresSchema.ts";
import type { Figured } from "../workloadReport.ts";

/** An observation with its metric's name: a line of samples.csv. */
export interface Observed extends Observation {
  metric: string;
}

const statistics = {
  summary: summarySchema,
  intervals: intervalsSchema,
  /** Largest uncertainty, in the metric's unit; absent: all values are exact. */
  uncertainty: z.number().optional(),
};

const metricSchema = z.strictObject({
  unit: z.string(),
  /** Measured observations with a value, and without one. */
  values: z.int(),
  failed: z.int(),
  /** Why there is no value, and how often. */
  failures: z.record(z.string(), z.int()),
  ...z.strictObject(statistics).partial().shape,
  /** By machine or pod, those with values. */
  sources: z.array(z.strictObject({ source: z.string(), failed: z.int(), summary: summarySchema.optional() })),
});

/** Keys of the reports. */
export const figures = {
  /** By the metric's name. */
  metrics: z.record(z.string(), metricSchema),
};

/** Of samples.csv, warm-up included. */
export const counts = { observations: z.int(), failed: z.int(), warmup: z.int() };

export type MetricReport = z.infer<typeof metricSchema>;
export interface Figures {
  metrics: Record<string, MetricReport>;
}

/** Statistics of each metric, over all repetitions and by source. */
export function compute(metrics: Readonly<Record<string, Metric>>, { samples, part }: Figured<Observed>): Figures {
  const byName = groupBy(samples, ({ metric }) => metric);
  const found = Object.entries(metrics).flatMap(([name, { unit }]): [string, MetricReport][] => {
    const report = part(`metric ${name}`, () => metricReport(unit, byName.get(name) ?? []), undefined);
    return report === undefined ? [] : [[name, report]];
  });
  return { metrics: Object.fromEntries(found) };
}

function metricReport(unit: string, observations: readonly Observed[]): MetricReport {
  const counted = measuredOf(observations);
  const failed = counted.filter(({ value }) => value === undefined);
  const reasons = groupBy(failed, ({ failure }) => failure ?? "no value");
  return {
    unit,
    values: counted.length - failed.length,
    failed: failed.length,
    failures: Object.fromEntries([...reasons].map(([reason, own]) => [reason, own.length])),
    ...metricFigures(observations),
    sources: [...groupBy(counted, ({ source }) => source)].map(([source, own]) => ({
      source,
      failed: own.filter(({ value }) => value === undefined).length,
      summary: summarise(valuesOf(own)),
    })),
  };
}
