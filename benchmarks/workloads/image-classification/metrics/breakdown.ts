import { largest } from "../../../metrics/extent.ts";
import { measured } from "./join.ts";
import type { Photo } from "./join.ts";
import { mean } from "../../../metrics/statistics.ts";
import { groupBy } from "../../../metrics/groupBy.ts";

/** The parts of the way from the intended send time to the label's arrival, in their order; together they are end to end. */
export const parts = ["lateness", "uplink", "queue", "decode", "inference", "respond", "downlink"] as const;
export type Part = (typeof parts)[number];

export interface Breakdown {
  endpoint: string;
  worker: string;
  photos: number;
  /** Mean of each part in ms. Uplink and downlink span two clocks. */
  meanMs: Record<Part, number>;
  clockUncertaintyMs: number;
}

/** Where the time goes, by endpoint, over measured photos whose whole way is known. */
export function breakdown(photos: readonly Photo[]): Breakdown[] {
  return [...groupBy(measured(photos), (photo) => photo.endpoint)].flatMap(([endpoint, own]) => {
    const whole = own.flatMap((photo) => (photo.way ? [{ ...photo, way: photo.way }] : []));
    const first = whole[0];
    if (!first) return [];
    const partMs: Record<Part, number[]> = {
      lateness: whole.map((photo) => photo.sendDelayMs),
      uplink: whole.map(({ way }) => way.uplinkMs),
      queue: whole.map(({ way }) => way.queueMs),
      decode: whole.map(({ way }) => way.decodeMs),
      inference: whole.map(({ way }) => way.inferenceMs),
      respond: whole.map(({ way }) => way.respondMs),
      downlink: whole.map(({ way }) => way.downlinkMs),
    };
    const meanMs = Object.fromEntries(parts.map((part) => [part, mean(partMs[part])])) as Record<Part, number>;
    const clockUncertaintyMs = largest(whole.map(({ way }) => way.clockUncertaintyMs));
    return { endpoint, worker: first.worker, photos: whole.length, meanMs, clockUncertaintyMs };
  });
}
