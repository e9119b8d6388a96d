import type { LinkShape } from "../experiment/link.ts";

/** Bits of a full Ethernet payload. */
const packetBits = 1500 * 8;

/** Assumed for a link without a rate: more than two machines on one host exchange (3.4 Gbit/s measured under emulation). */
const unlimitedMbit = 10_000;

/** netem counts in 32 bits. */
const mostPackets = 2 ** 32 - 1;

/** netem's own default, and the least here where no queue is asked for: room for bursts of small packets on slow links. */
const leastPackets = 1000;

/**
 * netem's `limit`: how many packets its one queue holds. A packet is in it for its delay and then for its wait before
 * the rate, so to the queue that is asked for comes what is under way: rate x latency (the bandwidth-delay product).
 *
 * Without a queue of its own nothing but the rate shall hold packets back, as what is over the limit is dropped
 * (tc-netem(8)), a loss nobody asked for. A delay is at most about the mean plus four standard deviations, so at full
 * rate rate x (latency + 4 jitter) are under way; twice that, since packets may be smaller than 1500 bytes.
 */
export function limitPackets(shape: LinkShape): number {
  const { latencyMs, jitterMs, rateMbit = unlimitedMbit, queueMs, queuePackets } = shape;
  const packetsIn = (ms: number): number => (rateMbit * 1e6 * (ms / 1e3)) / packetBits;
  const queue = queuePackets ?? (queueMs === undefined ? undefined : packetsIn(queueMs));
  const wanted =
    queue === undefined
      ? Math.max(leastPackets, Math.ceil(2 * packetsIn(latencyMs + 4 * jitterMs)))
      : Math.max(1, Math.ceil(packetsIn(latencyMs) + queue));
  return Math.min(mostPackets, wanted);
}
