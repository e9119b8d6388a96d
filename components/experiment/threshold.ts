import { z } from "zod";
import { nearest } from "./nearest.ts";
import { parseQuantity } from "./units.ts";

export const thresholdStatistics = ["mean", "p50", "p90", "p95", "p99", "max"] as const;

export const thresholdSchema = z.strictObject({
  /** As written. */
  text: z.string(),
  statistic: z.enum(thresholdStatistics),
  /** One of the workload's. */
  metric: z.string(),
  comparison: z.enum(["<", "<="]),
  limitMs: z.number().nonnegative(),
});

export type Threshold = z.infer<typeof thresholdSchema>;
export type ThresholdStatistic = (typeof thresholdStatistics)[number];

const form = /^(\S+)\s+(\S+)\s*(<=?)\s*(.+)$/;

/**
 * Reads "p95 end_to_end < 300 ms", or says what is wrong with it.
 * @param metrics that there are. @param example of a threshold.
 */
export function parseThreshold(
  text: string,
  metrics: readonly string[],
  example: string,
): { ok: true; value: Threshold } | { ok: false; reason: string; fix: string } {
  const [, statistic, metric, comparison, limit] = form.exec(text.trim()) ?? [];
  if (statistic === undefined || metric === undefined || comparison === undefined) {
    return { ok: false, reason: `"${text}" is not a threshold`, fix: `write for example "${example}"` };
  }
  const knownStatistic = thresholdStatistics.find((one) => one === statistic);
  if (knownStatistic === undefined) return unknown("statistic", statistic, thresholdStatistics);
  const knownMetric = metrics.find((one) => one === metric);
  if (knownMetric === undefined) return unknown("metric", metric, metrics);
  const parsed = parseQuantity("latency", limit);
  if (!parsed.ok) return parsed;
  return {
    ok: true,
    value: {
      text,
      statistic: knownStatistic,
      metric: knownMetric,
      comparison: comparison === "<" ? "<" : "<=",
      limitMs: parsed.value,
    },
  };
}

function unknown(noun: string, word: string, known: readonly string[]): { ok: false; reason: string; fix: string } {
  const meant = nearest(word, known);
  const fix = meant === undefined ? `write one of ${known.join(", ")}` : `did you mean "${meant}"?`;
  return { ok: false, reason: `"${word}" is not a ${noun}`, fix };
}

/** A threshold as written; read into its parts. */
export const thresholdArgs = (metrics: readonly string[], example: string) =>
  z
    .string()
    .transform((text, context): Threshold => {
      const parsed = parseThreshold(text, metrics, example);
      if (parsed.ok) return parsed.value;
      context.issues.push({ code: "custom", input: text, message: parsed.reason, params: { fix: parsed.fix } });
      return z.NEVER;
    })
    .meta({ description: "A statistic of a metric, a comparison and a time.", examples: [example] });
