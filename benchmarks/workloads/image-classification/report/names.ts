import type { Part } from "../metrics/breakdown.ts";

/** Blue is the network, orange the queue, green the worker, grey the publisher. */
export const partNames: Readonly<Record<Part, { title: string; colour: string }>> = {
  lateness: { title: "Send lateness", colour: "#b3bac5" },
  uplink: { title: "Uplink", colour: "#2f6fde" },
  queue: { title: "Queue", colour: "#e5733d" },
  decode: { title: "Decode", colour: "#8fd0b3" },
  inference: { title: "Inference", colour: "#2f9e6e" },
  respond: { title: "Hand-over", colour: "#1d6b49" },
  downlink: { title: "Downlink", colour: "#7fa9ee" },
};
