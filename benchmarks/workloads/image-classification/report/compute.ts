import { metricFigures } from "../../../metrics/figures.ts";
import { summarise } from "../../../metrics/statistics.ts";
import type { Figured } from "../../../report/workloadReport.ts";
import { breakdown } from "../metrics/breakdown.ts";
import { measured } from "../metrics/join.ts";
import type { Photo } from "../metrics/join.ts";
import { labelAccuracy } from "../metrics/labels.ts";
import { observe } from "../metrics/latency.ts";
import { endpointTable, workerTable } from "../metrics/tables.ts";
import { latencyMetrics } from "../metrics/names.ts";
import type { PartResult } from "../container/protocol.ts";
import type { Figures, LatencyReport } from "./schema.ts";

/** The figures of this workload's reports. */
export function compute({ samples: photos, results, part }: Figured<Photo>): Figures {
  const latency = latencyMetrics.flatMap((metric) => {
    const found = part(`latency ${metric}`, () => latencyReport(photos, metric), undefined);
    return found ? [[metric, found] as const] : [];
  });
  const lateness = () => summarise(measured(photos).map((photo) => photo.sendDelayMs));
  const accuracy = () => labelAccuracy(photos, catalogueOf(results as readonly Partial<PartResult>[]));
  return {
    latency: Object.fromEntries(latency),
    lateness: part("lateness", lateness, undefined),
    breakdown: part("where the time goes", () => breakdown(photos), []),
    workers: part("the table of workers", () => workerTable(photos), []),
    endpoints: part("the table of endpoints", () => endpointTable(photos), []),
    accuracy: part("the labels' accuracy", accuracy, { known: 0, right: 0, wrong: [] }),
  };
}

function latencyReport(photos: readonly Photo[], metric: (typeof latencyMetrics)[number]): LatencyReport | undefined {
  const found = metricFigures(observe(photos, metric));
  return found && { summary: found.summary, intervals: found.intervals, clockUncertaintyMs: found.uncertainty };
}

/** Accepted labels by photo file, as the publishers knew them. */
const catalogueOf = (results: readonly Partial<PartResult>[]): Map<string, readonly string[]> =>
  new Map(results.flatMap(({ catalogue = [] }) => catalogue.map(({ file, labels }) => [file, labels] as const)));
