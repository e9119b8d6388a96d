import type { OffsetMeasurement } from "../metrics/clock.ts";

/** The four time stamps of one echo, in ms since 1970: asked and heard by the reference clock, the others by the machine's. */
export interface Exchange {
  askedMs: number;
  arrivedMs: number;
  answeredMs: number;
  heardMs: number;
}

const roundTripMs = ({ askedMs, arrivedMs, answeredMs, heardMs }: Exchange): number =>
  heardMs - askedMs - (answeredMs - arrivedMs);

/**
 * The clock's offset from the exchange with the shortest round trip, as NTP does (RFC 5905, section 8): half the
 * difference of both ways. Each way took at least 0, so the offset is off by at most half the round trip.
 * @param resolutionMs uncertainty of the reference's own time stamps. @throws Error when there is no exchange.
 */
export function bestOffset(exchanges: readonly Exchange[], resolutionMs: number): OffsetMeasurement {
  const [best] = [...exchanges].sort((a, b) => roundTripMs(a) - roundTripMs(b));
  if (!best) throw new Error("no echo was answered");
  return {
    machineMs: best.answeredMs,
    offsetMs: (best.arrivedMs - best.askedMs + (best.answeredMs - best.heardMs)) / 2,
    uncertaintyMs: roundTripMs(best) / 2 + resolutionMs,
  };
}
