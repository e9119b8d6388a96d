import type { Metric, Observation } from "../../../metrics/observation.ts";
import { latencyMetrics } from "./names.ts";
import { processingMs } from "./join.ts";
import type { Photo } from "./join.ts";

export type LatencyMetric = (typeof latencyMetrics)[number];

/** What a reader sees, and in which colour: blue is the network, orange the queue, green the worker. */
export const metrics: Readonly<Record<LatencyMetric, Metric>> = {
  end_to_end: { title: "End to end", meaning: "intended send time → label received", colour: "#1f2937", unit: "ms" },
  uplink: { title: "Uplink", meaning: "photo sent → received by the worker", colour: "#2f6fde", unit: "ms" },
  queue: { title: "Queue", meaning: "received → its turn at the worker", colour: "#e5733d", unit: "ms" },
  processing: {
    title: "Processing",
    meaning: "decode, inference, hand-over of the label",
    colour: "#2f9e6e",
    unit: "ms",
  },
  downlink: { title: "Downlink", meaning: "label sent → received by the endpoint", colour: "#7fa9ee", unit: "ms" },
};

/** Metrics that span two machines' clocks and so carry the clocks' uncertainty. */
const crossMachine: Readonly<Record<LatencyMetric, boolean>> = {
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

/** One observation a photo, at its intended send time. */
export function observe(photos: readonly Photo[], name: string): Observation[] {
  const metric = latencyMetrics.find((one) => one === name);
  if (metric === undefined) return [];
  return photos.map((photo) => {
    const { repetition, endpoint: source, intendedMs: atMs, warmup, way } = photo;
    const value = latencyOf(photo, metric);
    if (value !== undefined) {
      const uncertainty = crossMachine[metric] ? way?.clockUncertaintyMs : undefined;
      return { repetition, source, atMs, warmup, value, uncertainty };
    }
    const failure = photo.endToEndMs === undefined ? "not answered" : "the worker's sample is missing";
    return { repetition, source, atMs, warmup, failure };
  });
}
