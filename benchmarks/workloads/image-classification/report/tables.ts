import { figure, interval, withUncertainty } from "../../../report/format.ts";
import { metrics } from "../metrics/latency.ts";
import { latencyMetrics } from "../metrics/names.ts";
import type { ImageReport } from "./schema.ts";

export const workerHeader = [
  "worker_id",
  "total_time (s)",
  "delay_avg (ms)",
  "delay_stdev (ms)",
  "proc_time/data (ms)",
] as const;

export const workerCells = (rows: ImageReport["workers"]): string[][] =>
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

export const endpointCells = (rows: ImageReport["endpoints"]): string[][] =>
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

export const latencyCells = (report: ImageReport): string[][] =>
  latencyMetrics.flatMap((metric) => {
    const latency = report.latency[metric];
    if (!latency) return [];
    const { summary, intervals, clockUncertaintyMs } = latency;
    const figures = [summary.sd, summary.p50, summary.p95, summary.p99, summary.max].map(figure);
    const clock = clockUncertaintyMs === undefined ? "" : figure(clockUncertaintyMs);
    return [[metrics[metric].title, figure(summary.mean), interval(intervals.mean), ...figures, clock]];
  });
