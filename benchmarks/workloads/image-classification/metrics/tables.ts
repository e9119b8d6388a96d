import { groupBy } from "../../../metrics/groupBy.ts";
import { largest, smallest } from "../../../metrics/extent.ts";
import { measured, processingMs } from "./join.ts";
import type { Photo } from "./join.ts";
import { mean, standardDeviation } from "../../../metrics/statistics.ts";

/** Continuum's worker table. */
export interface WorkerRow {
  worker_id: string;
  /** Photos it classified in the measured time. */
  photos: number;
  /** From the first photo's arrival to the last label sent, in s. */
  total_time_s: number;
  /** From sending by the endpoint until the worker took the photo up: uplink and queue, in ms. Spans two clocks. */
  delay_avg_ms: number;
  delay_stdev_ms: number;
  /** Clock uncertainty of the two above, in ms. */
  delay_clock_ms: number;
  /** Decoding, inference and answering of one photo, in ms. */
  proc_time_ms: number;
}

/** Continuum's endpoint table. */
export interface EndpointRow {
  endpoint_id: string;
  /** The worker its photos go to. */
  connected_to: string;
  photos: number;
  /** From the first intended send time to the last label's arrival, in s. */
  total_time_s: number;
  /** Making one message from a photo, in ms. */
  preproc_time_ms: number;
  /** Photo size in kB (1000 bytes). */
  data_size_avg_kB: number;
  /** End to end, from the intended send time to the label's arrival, in ms. */
  latency_avg_ms: number;
  latency_stdev_ms: number;
}

/** Rows in the order the machines first appear; of measured and answered photos. */
export function workerTable(photos: readonly Photo[]): WorkerRow[] {
  return [...groupBy(measured(photos), (photo) => photo.worker)].flatMap(([worker, own]) => {
    const answered = own.flatMap((photo) => (photo.way ? [{ photo, way: photo.way }] : []));
    if (answered.length === 0) return [];
    const delays = answered.map(({ way }) => way.uplinkMs + way.queueMs);
    const spans = answered.map(({ photo, way }) => {
      const arrivedMs = photo.intendedMs + photo.sendDelayMs + way.uplinkMs;
      return { repetition: photo.repetition, fromMs: arrivedMs, toMs: arrivedMs + way.queueMs + processingMs(way) };
    });
    return {
      worker_id: worker,
      photos: answered.length,
      total_time_s: totalSeconds(spans),
      delay_avg_ms: mean(delays),
      delay_stdev_ms: standardDeviation(delays),
      delay_clock_ms: largest(answered.map(({ way }) => way.clockUncertaintyMs)),
      proc_time_ms: mean(answered.map(({ way }) => processingMs(way))),
    };
  });
}

export function endpointTable(photos: readonly Photo[]): EndpointRow[] {
  return [...groupBy(measured(photos), (photo) => photo.endpoint)].flatMap(([endpoint, own]) => {
    const answered = own.flatMap((photo) => (photo.endToEndMs === undefined ? [] : [{ photo, ms: photo.endToEndMs }]));
    const first = answered[0];
    if (!first) return [];
    const spans = answered.map(({ photo, ms }) => ({
      repetition: photo.repetition,
      fromMs: photo.intendedMs,
      toMs: photo.intendedMs + ms,
    }));
    return {
      endpoint_id: endpoint,
      connected_to: first.photo.worker,
      photos: answered.length,
      total_time_s: totalSeconds(spans),
      preproc_time_ms: mean(answered.map(({ photo }) => photo.preprocMs)),
      data_size_avg_kB: mean(answered.map(({ photo }) => photo.bytes)) / 1000,
      latency_avg_ms: mean(answered.map(({ ms }) => ms)),
      latency_stdev_ms: standardDeviation(answered.map(({ ms }) => ms)),
    };
  });
}

interface Span {
  repetition: number;
  fromMs: number;
  toMs: number;
}

/** First start to last end within each repetition, added up over the repetitions. */
function totalSeconds(spans: readonly Span[]): number {
  const byRepetition = [...groupBy(spans, (span) => span.repetition).values()];
  const milliseconds = byRepetition.map(
    (own) => largest(own.map((span) => span.toMs)) - smallest(own.map((span) => span.fromMs)),
  );
  return milliseconds.reduce((sum, ms) => sum + ms, 0) / 1000;
}
