import type { LinkName, LinkShape } from "./link.ts";

export const presetNames = ["4g", "5g", "wired"] as const;

export type PresetName = (typeof presetNames)[number];

const link = (latencyMs: number, jitterMs: number, rateMbit: number): LinkShape => ({
  latencyMs,
  jitterMs,
  rateMbit,
  lossPercent: 0,
});

/** Continuum's values for the fixed network (its README, "network emulation": average ms, variation ms, Mbit). */
const fixed = {
  "cloud-cloud": link(0, 0, 1000),
  "cloud-edge": link(7.5, 2.5, 1000),
  "edge-edge": link(7.5, 2.5, 1000),
};

/**
 * Endpoints on a radio link: latencies and rates are Continuum's; 4g and 5g differ in the rate alone there. Continuum has
 * no endpoint-endpoint link: ours is the way up to the base station and down again, so twice the edge-endpoint
 * latency, and, the two being independent, its jitter times the square root of two (2.5 ms -> 3.54 ms).
 */
const radio = (rateMbit: number): Record<LinkName, LinkShape> => ({
  ...fixed,
  "cloud-endpoint": link(45, 5, rateMbit),
  "edge-endpoint": link(7.5, 2.5, rateMbit),
  "endpoint-endpoint": link(15, 3.54, rateMbit),
});

export const linkPresets: Record<PresetName, Record<LinkName, LinkShape>> = {
  "4g": radio(7.21),
  "5g": radio(29.66),
  /**
   * Our own, not in Continuum: endpoints on a cable at the edge. The edge is one hop of Continuum's fixed network away,
   * cloud and other endpoints two (sums as above), all at its 1000 Mbit.
   */
  wired: {
    ...fixed,
    "cloud-endpoint": link(15, 3.54, 1000),
    "edge-endpoint": link(7.5, 2.5, 1000),
    "endpoint-endpoint": link(15, 3.54, 1000),
  },
};
