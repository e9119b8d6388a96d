import { latencyMetrics } from "../metrics/latency.ts";
import { podCells, podHeader } from "./clusterTables.ts";
import { figure, interval, withUncertainty } from "./format.ts";
import { metricNames } from "./names.ts";
import { networkCells, networkHeader } from "./networkTable.ts";
import { rateSentence } from "./rateSentence.ts";
import type { Report } from "./schema.ts";
import { textTable } from "./textTable.ts";
import { faultCells, faultHeader } from "./timelineTables.ts";

export { textTable };

export const workerHeader = [
  "worker_id",
  "total_time (s)",
  "delay_avg (ms)",
  "delay_stdev (ms)",
  "proc_time/data (ms)",
] as const;

export const workerCells = (rows: Report["workers"]): string[][] =>
  rows.map((row) => [
    row.worker_id,
    figure(row.total_time_s),
    withUncertainty(row.delay_avg_ms, row.delay_clock_ms),
    figure(row.delay_stdev_ms),
    figure(row.proc_time_ms),
  ]);

export const endpointHeader = [
  "endpoint_id",
  "connected_to",
  "total_time (s)",
  "preproc_time/data (ms)",
  "data_size_avg (kB)",
  "latency_avg (ms)",
  "latency_stdev (ms)",
] as const;

export const endpointCells = (rows: Report["endpoints"]): string[][] =>
  rows.map((row) => [
    row.endpoint_id,
    row.connected_to,
    figure(row.total_time_s),
    figure(row.preproc_time_ms),
    figure(row.data_size_avg_kB),
    figure(row.latency_avg_ms),
    figure(row.latency_stdev_ms),
  ]);

export const latencyHeader = [
  "latency (ms)",
  "mean",
  "95 % interval",
  "sd",
  "p50",
  "p95",
  "p99",
  "max",
  "clock ±",
] as const;

export const latencyCells = (report: Report): string[][] =>
  latencyMetrics.flatMap((metric) => {
    const latency = report.latency[metric];
    if (!latency) return [];
    const { summary, intervals, clockUncertaintyMs } = latency;
    const figures = [summary.sd, summary.p50, summary.p95, summary.p99, summary.max].map(figure);
    const clock = clockUncertaintyMs === undefined ? "" : figure(clockUncertaintyMs);
    return [[metricNames[metric].title, figure(summary.mean), interval(intervals.mean), ...figures, clock]];
  });

/** One sentence on how the run ended. */
export function outcomeSentence({ outcome, repetitions }: Report): string {
  const sum = (key: "sent" | "answered"): number => repetitions.reduce((total, one) => total + one[key], 0);
  const counts = `${sum("answered")} of ${sum("sent")} photos answered`;
  switch (outcome.kind) {
    case "completed":
      return `Completed: ${counts}, the load was sustained.`;
    case "not-sustained":
      return `Not sustained, so the figures below are no latencies of this system: ${outcome.reasons.join("; ")}.`;
    case "failed":
      return `Failed: ${outcome.reason}. The samples are kept (${counts}).`;
    case "interrupted":
      return `Interrupted. The samples are kept (${counts}).`;
  }
}

/** What the command line shows after a run: Continuum's tables, the latencies, labels, thresholds and the outcome. */
export function printTables(report: Report): string {
  const { accuracy, calibration, kubernetes } = report;
  const blocks = [
    report.workers.length > 0 ? textTable(workerHeader, workerCells(report.workers)) : "",
    report.endpoints.length > 0 ? textTable(endpointHeader, endpointCells(report.endpoints)) : "",
    report.endpoints.length > 0 ? textTable(latencyHeader, latencyCells(report)) : "",
    report.network.length > 0 ? textTable(networkHeader, networkCells(report.network)) : "",
    faultCells(report).length > 0 ? textTable(faultHeader, faultCells(report)) : "",
    kubernetes ? textTable(podHeader, podCells(kubernetes.pods)) : "",
    accuracy.known > 0 ? `Labels: ${accuracy.right} of ${accuracy.known} known photos right.\n` : "",
    report.thresholds.map(thresholdLine).join(""),
    calibration ? `${rateSentence(calibration)}\n` : "",
    `${outcomeSentence(report)}\n`,
  ];
  return blocks.filter((block) => block !== "").join("\n");
}

export function thresholdLine({ text, met, measuredMs }: Report["thresholds"][number]): string {
  const measured = measuredMs === undefined ? "nothing was measured" : `${figure(measuredMs)} ms`;
  return `${met ? "✓" : "✗"} ${text}: ${measured}\n`;
}
