import type { Part } from "../metrics/breakdown.ts";
import type { LatencyMetric } from "../metrics/latency.ts";

/** What a reader sees, and in which colour: blue is the network, orange the queue, green the worker, grey the publisher. */
export const metricNames: Readonly<Record<LatencyMetric, { title: string; meaning: string; colour: string }>> = {
  end_to_end: { title: "End to end", meaning: "intended send time → label received", colour: "#1f2937" },
  uplink: { title: "Uplink", meaning: "photo sent → received by the worker", colour: "#2f6fde" },
  queue: { title: "Queue", meaning: "received → its turn at the worker", colour: "#e5733d" },
  processing: { title: "Processing", meaning: "decode, inference, hand-over of the label", colour: "#2f9e6e" },
  downlink: { title: "Downlink", meaning: "label sent → received by the endpoint", colour: "#7fa9ee" },
};

export const partNames: Readonly<Record<Part, { title: string; colour: string }>> = {
  lateness: { title: "Send lateness", colour: "#b3bac5" },
  uplink: { title: "Uplink", colour: "#2f6fde" },
  queue: { title: "Queue", colour: "#e5733d" },
  decode: { title: "Decode", colour: "#8fd0b3" },
  inference: { title: "Inference", colour: "#2f9e6e" },
  respond: { title: "Hand-over", colour: "#1d6b49" },
  downlink: { title: "Downlink", colour: "#7fa9ee" },
};

/** One colour a repetition, going round. */
export const repetitionColours = ["#2f6fde", "#e5733d", "#2f9e6e", "#8b5cd6", "#c2456e", "#8a6d1f"] as const;
