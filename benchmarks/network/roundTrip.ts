import type { LinkOutputs } from "../../components/contract/testbed.ts";
import type { RoundTripCheck } from "./result.ts";

export interface Ping {
  sent: number;
  received: number;
  meanMs: number;
  sdMs: number;
}

/** Reads the summary of iputils' ping. @returns undefined when it holds no round trip. */
export function parsePing(output: string): Ping | undefined {
  const counts = /(\d+) packets transmitted, (\d+) received/.exec(output);
  const times = /= [\d.]+\/([\d.]+)\/[\d.]+\/([\d.]+) ms/.exec(output);
  if (!counts || !times) return undefined;
  return {
    sent: Number(counts[1]),
    received: Number(counts[2]),
    meanMs: Number(times[1]),
    sdMs: Number(times[2]),
  };
}

/**
 * Holds a measured round trip against the link's. The tolerance is 10 % of the wanted time, at least 2 ms (an idle
 * emulated machine's own spread), and 3 standard errors of the mean of the pings' jitter.
 * @param floorMs round trip without shaping; undefined where it could not be measured, then taken as 0 with a note.
 */
export function judgeRoundTrip(link: LinkOutputs, ping: Ping, floorMs: number | undefined): RoundTripCheck {
  const wantedMs = 2 * link.latencyMs;
  const wantedSdMs = Math.SQRT2 * link.jitterMs;
  const measuredMs = ping.meanMs - (floorMs ?? 0);
  const toleranceMs = Math.max(2, 0.1 * wantedMs) + (3 * wantedSdMs) / Math.sqrt(Math.max(ping.received, 1));
  return {
    wantedMs,
    measuredMs,
    floorMs,
    wantedSdMs,
    measuredSdMs: ping.sdMs,
    lossPercent: (1 - ping.received / ping.sent) * 100,
    verdict: Math.abs(measuredMs - wantedMs) <= toleranceMs ? "ok" : "off",
    note: floorMs === undefined ? "the floor is not known and taken as 0" : undefined,
  };
}

export function roundTripNotMeasured(link: LinkOutputs, note: string): RoundTripCheck {
  return { wantedMs: 2 * link.latencyMs, wantedSdMs: Math.SQRT2 * link.jitterMs, verdict: "not measured", note };
}
