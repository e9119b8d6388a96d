import type { Threshold, ThresholdStatistic } from "../../components/experiment/threshold.ts";
import { measuredOf, valuesOf, type Observation } from "./observation.ts";
import { summarise } from "./statistics.ts";
import type { Summary } from "./statistics.ts";

export interface ThresholdResult {
  text: string;
  limitMs: number;
  /** Absent: nothing was measured, which does not meet a threshold. */
  measuredMs?: number;
  met: boolean;
}

export const statisticOf = (summary: Summary, statistic: ThresholdStatistic): number => summary[statistic];

/** Holds the measured observations of all repetitions, taken together, against each threshold. */
export function checkThresholds(
  observe: (metric: string) => readonly Observation[],
  thresholds: readonly Threshold[],
): ThresholdResult[] {
  return thresholds.map(({ text, statistic, metric, comparison, limitMs }) => {
    const summary = summarise(valuesOf(measuredOf(observe(metric))));
    if (!summary) return { text, limitMs, met: false };
    const measuredMs = statisticOf(summary, statistic);
    return { text, limitMs, measuredMs, met: comparison === "<" ? measuredMs < limitMs : measuredMs <= limitMs };
  });
}
