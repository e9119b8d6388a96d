/** How a rate is measured; none: why not. */
export type RateMethod = { kind: "tcp" } | PacedFlow | { kind: "none"; reason: string };

/** Datagrams at more than the link's rate: what arrives is the link's. */
export interface PacedFlow {
  kind: "udp";
  payloadBytes: number;
  /** Of payload, in bit/s. */
  sendBit: number;
  seconds: number;
  /** Passed over at the beginning: until the first packets are there and the queue has begun to fill. */
  omitSeconds: number;
  /** For its server, control connection included. */
  limitSeconds: number;
}

export interface RateQuestion {
  wantedMbit: number;
  /** Of both ways together. */
  roundTripMs: number;
  jitterMs: number;
  lossPercent: number;
  /** Lowest rate of both ways, as iperf3's control connection takes them. */
  slowestMbit: number;
  /** Above it the processor is measured. */
  highestMbit: number;
}

/** TCP begins with ten segments (RFC 6928) and doubles them each round trip. */
const initialBytes = 10 * 1448;

/** Most that a Linux machine's default lets be under way: half of tcp_rmem's 6 MiB (tcp(7)). */
const windowBytes = 3 * 2 ** 20;

/** Passed over at the beginning of TCP, and measured after it (iperf.ts). */
export const tcpOmitSeconds = 1;
export const tcpSeconds = 3;

/** So many packets tell a rate to one in a hundred. */
const enoughPackets = 100;

/** Ethernet, IPv4 and UDP headers; a full packet's payload, and one that still is more than its headers. */
const headerBytes = 42;
const payload = { least: 64, most: 1448 };

/** A slow link's packets are as small as makes so many a second. */
const packetsPerSecond = 25;

/** More than the link's rate by as much: enough for any error of the pace, and its queue does not grow long. */
const surplus = 1.15;

const leastSeconds = 3;
const mostSeconds = 30;

/** One measurement never takes longer. */
const mostLimitSeconds = 120;

/** iperf3's control connection: round trips from its beginning to its end, and bytes that it sends each way. */
const controlRounds = 10;
const controlBytes = 3000;

const mostLossPercent = 20;

/**
 * TCP tells a rate where its slow start is over in the second that is passed over, its window holds what is under way,
 * nothing is lost, and packets are many; elsewhere paced datagrams do, for as long as the link needs.
 */
export function rateMethod(question: RateQuestion): RateMethod {
  const { wantedMbit, roundTripMs, jitterMs, lossPercent, slowestMbit, highestMbit } = question;
  if (wantedMbit > highestMbit) return none(`above ${highestMbit} Mbit/s the processor would be measured`);
  if (lossPercent > mostLossPercent) return none(`more than ${mostLossPercent} % of all packets are lost`);
  if (lossPercent === 0 && tcpTells(wantedMbit, roundTripMs)) return { kind: "tcp" };
  const bytes = clamped(Math.round((wantedMbit * 1e6) / 8 / packetsPerSecond) - headerBytes, payload);
  const wire = (bytes + headerBytes) / bytes;
  const secondsOf = (packets: number): number => (packets * bytes * wire * 8) / (wantedMbit * 1e6);
  const seconds = clamped(Math.ceil(secondsOf(enoughPackets)), { least: leastSeconds, most: mostSeconds });
  const omitSeconds = 1 + Math.ceil((roundTripMs + 8 * jitterMs) / 1000);
  const control = (controlRounds * roundTripMs) / 1000 + (2 * controlBytes * 8) / (slowestMbit * 1e6);
  const limitSeconds = Math.ceil(seconds + omitSeconds + control);
  if (limitSeconds > mostLimitSeconds) {
    return none(
      `a round trip takes ${roundTripMs} ms: it would need ${limitSeconds} s, and ${mostLimitSeconds} are the most`,
    );
  }
  const sendBit = Math.round((wantedMbit * 1e6 * surplus) / (1 - lossPercent / 100) / wire);
  return { kind: "udp", payloadBytes: bytes, sendBit, seconds, omitSeconds, limitSeconds };
}

function tcpTells(mbit: number, roundTripMs: number): boolean {
  const underWay = (mbit * 1e6 * (roundTripMs / 1000)) / 8;
  const rounds = 1 + Math.max(0, Math.ceil(Math.log2(underWay / initialBytes)));
  const packets = (mbit * 1e6 * tcpSeconds) / (1514 * 8);
  return underWay <= windowBytes && rounds * roundTripMs <= tcpOmitSeconds * 1000 && packets >= enoughPackets;
}

/** What a datagram takes on the wire for its payload. */
export const pacedOverhead = ({ payloadBytes }: PacedFlow): number => (payloadBytes + headerBytes) / payloadBytes;

/** Whether the sender itself was slower than what it measures. */
export const sentTooLittle = (sentMbit: number | undefined, wantedMbit: number): boolean =>
  sentMbit !== undefined && sentMbit < (wantedMbit * (1 + surplus)) / 2;

const none = (reason: string): RateMethod => ({ kind: "none", reason });

const clamped = (value: number, { least, most }: { least: number; most: number }): number =>
  Math.min(most, Math.max(least, value));
