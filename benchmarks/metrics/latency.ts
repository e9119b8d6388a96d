import { thresholdMetrics } from "../../components/spec/threshold.ts";
import type { ThresholdMetric } from "../../components/spec/threshold.ts";
import { processingMs } from "./join.ts";
import type { Photo } from "./join.ts";

export const latencyMetrics = thresholdMetrics;
export type LatencyMetric = ThresholdMetric;

/** Metrics that span two machines' clocks and so carry the clocks' uncertainty. */
export const crossMachine: Readonly<Record<LatencyMetric, boolean>> = {
  end_to_end: false,
  uplink: true,
  queue: false,
  processing: false,
  downlink: true,
};

/** A photo's latency in ms; undefined where it has no answer or the worker's sample is missing. */
export function latencyOf(photo: Photo, metric: LatencyMetric): number | undefined {
  switch (metric) {
    case "end_to_end":
      return photo.endToEndMs;
    case "uplink":
      return photo.way?.uplinkMs;
    case "queue":
      return photo.way?.queueMs;
    case "processing":
      return photo.way && processingMs(photo.way);
    case "downlink":
      return photo.way?.downlinkMs;
  }
}

/** The latencies of those photos that have one. */
export function latencies(photos: readonly Photo[], metric: LatencyMetric): number[] {
  return photos.map((photo) => latencyOf(photo, metric)).filter((value) => value !== undefined);
}
