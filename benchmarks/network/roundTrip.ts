import type { Tolerances } from "../../components/experiment/link.ts";
import { withinBinomial } from "../metrics/binomial.ts";
import { ascending, mean, percentile, standardDeviation } from "../metrics/statistics.ts";
import type { Pair } from "./pairs.ts";
import type { LossCheck, RoundTripCheck, Verdict } from "./result.ts";

export interface Ping {
  sent: number;
  received: number;
  meanMs: number;
  sdMs: number;
  p99Ms: number;
}

/** An answer's line. Each part ends where the next one begins, so that no text, however long, takes long to read. */
const answer = /icmp_seq=\d{1,9} ttl=\d{1,3} time=(\d{1,9}(?:\.\d{1,9})?) ms(?! \(DUP!\))/g;

/** Reads iputils' ping: every answer's time, and how many were sent. @returns undefined when nothing came back. */
export function parsePing(output: string): Ping | undefined {
  const [, sent] = /\b(\d{1,9}) packets transmitted/.exec(output) ?? [];
  const times = [...output.matchAll(answer)].map(([, time]) => Number(time));
  if (sent === undefined || times.length === 0) return undefined;
  return {
    sent: Math.max(Number(sent), times.length),
    received: times.length,
    meanMs: mean(times),
    sdMs: standardDeviation(times),
    p99Ms: percentile(ascending(times), 0.99),
  };
}

/** Ethernet and IPv4 headers, ICMP's and its 56 bytes. */
const pingBits = 98 * 8;

/** What a ping shall take there and back: both latencies, and its own time at both rates. */
export function wantedRoundTripMs({ down, up, downMbit, upMbit }: Pair): number {
  const own = (mbit: number | undefined): number => (mbit === undefined ? 0 : pingBits / (mbit * 1000));
  return down.latencyMs + up.latencyMs + own(downMbit) + own(upMbit);
}

/** The two ways being independent. */
export const wantedSdMs = ({ down, up }: Pair): number => Math.hypot(down.jitterMs, up.jitterMs);

export const wantedLossPercent = ({ down, up }: Pair): number =>
  100 * (1 - (1 - down.lossPercent / 100) * (1 - up.lossPercent / 100));

/**
 * How long the pings of a pair should be apart, in ms: far enough that one that is late holds none after it up (eight
 * standard deviations), and that they fill no hundredth of the slower rate.
 */
export function pingIntervalMs(pair: Pair, leastMs: number): number {
  const slowest = Math.min(pair.downMbit ?? Infinity, pair.upMbit ?? Infinity);
  const spread = 8 * Math.max(pair.down.jitterMs, pair.up.jitterMs);
  return Math.ceil(Math.min(2000, Math.max(leastMs, spread, (100 * pingBits) / (slowest * 1000))));
}

/**
 * Holds a measured round trip against the link's. To the tolerance come three standard errors of the means, the pings'
 * and the floor's.
 * @param floor round trips without shaping; undefined where they could not be measured, then taken as 0 with a note.
 */
export function judgeRoundTrip(
  pair: Pair,
  ping: Ping,
  floor: Floor | undefined,
  tolerance: Tolerances,
): RoundTripCheck {
  const wantedMs = wantedRoundTripMs(pair);
  const measuredMs = ping.meanMs - (floor?.meanMs ?? 0);
  const wantedSd = wantedSdMs(pair);
  const error = Math.hypot(wantedSd / Math.sqrt(ping.received), floor?.errorMs ?? 0);
  const toleranceMs = Math.max(tolerance.latencyMs, (tolerance.latencyPercent / 100) * wantedMs) + 3 * error;
  return {
    wantedMs,
    measuredMs,
    floorMs: floor?.meanMs,
    p99Ms: ping.p99Ms,
    wantedSdMs: wantedSd,
    measuredSdMs: Math.sqrt(Math.max(0, ping.sdMs ** 2 - (floor?.sdMs ?? 0) ** 2)),
    floorSdMs: floor?.sdMs,
    lossPercent: (1 - ping.received / ping.sent) * 100,
    verdict: Math.abs(measuredMs - wantedMs) <= toleranceMs ? "ok" : "off",
    note: floor === undefined ? "the floor is not known and taken as 0" : undefined,
  };
}

/** Round trips without shaping. */
export interface Floor {
  meanMs: number;
  sdMs: number;
  /** Standard error of the mean. */
  errorMs: number;
}

/** Two machines' round trips to one host are one's to the other: each has one machine's own part in it. */
export function floorOf(near: Ping | undefined, far: Ping | undefined): Floor | undefined {
  if (near === undefined || far === undefined) return undefined;
  return {
    meanMs: near.meanMs + far.meanMs,
    sdMs: Math.hypot(near.sdMs, far.sdMs),
    errorMs: Math.hypot(near.sdMs / Math.sqrt(near.received), far.sdMs / Math.sqrt(far.received)),
  };
}

/**
 * Holds the spread against the jitter. To the tolerance come three standard errors of a deviation (of the normal
 * distribution: sd / sqrt(2 n)) and the floor's own spread, which is not the same at any moment.
 */
export function judgeJitter(check: RoundTripCheck, received: number, tolerance: Tolerances): Verdict {
  const { wantedSdMs: wanted, measuredSdMs: measured = NaN, floorSdMs = 0 } = check;
  const allowed = Math.max(tolerance.jitterMs, (tolerance.jitterPercent / 100) * wanted) + floorSdMs;
  return Math.abs(measured - wanted) <= allowed + (3 * wanted) / Math.sqrt(2 * received) ? "ok" : "off";
}

/** Losses that come once in a thousand testbeds are no sign of a wrong link. */
const lossConfidence = 0.999;

/** Holds the lost pings against the links' shares. Bursts make counts spread more: then half to twice as many is right. */
export function judgeLoss(pair: Pair, { sent, received }: Ping): LossCheck {
  const wantedPercent = wantedLossPercent(pair);
  const lost = sent - received;
  const expected = (sent * wantedPercent) / 100;
  const bursts = (pair.down.gilbertElliott ?? pair.up.gilbertElliott) !== undefined;
  // Without any loss asked for, one ping that a busy host answered too late is none either.
  const right = bursts
    ? lost <= 2 * expected + 10
    : wantedPercent === 0
      ? lost <= Math.max(1, sent / 100)
      : withinBinomial(lost, sent, wantedPercent / 100, lossConfidence);
  return { wantedPercent, sent, lost, verdict: right ? "ok" : "off" };
}

export function roundTripNotMeasured(pair: Pair, note: string): RoundTripCheck {
  return { wantedMs: wantedRoundTripMs(pair), wantedSdMs: wantedSdMs(pair), verdict: "not measured", note };
}
