import { linkBetween, linkNames, linkTiers, type LinkShape, type LinksSpec } from "../spec/link.ts";
import { tierNames, type TierName } from "../spec/tier.ts";
import type { LinkPlan, ShapingRules } from "./types.ts";

/** Machines of each tier. */
type Counts = Record<TierName, number>;

/**
 * What each machine of a tier does to the packets it sends: a rule for every tier that has machines, its own included
 * (even with one machine, so that a second one changes nothing for the first).
 */
export function shapingRules(tier: TierName, links: LinksSpec, cidrs: Partial<Record<TierName, string>>): ShapingRules {
  const rules: ShapingRules = {};
  for (const peer of tierNames) {
    const shape = links[linkBetween(tier, peer)];
    const cidr = cidrs[peer];
    if (shape !== undefined && cidr !== undefined) rules[peer] = { cidr, ...shape, limitPackets: limitPackets(shape) };
  }
  return rules;
}

/** The emulated links between machines that exist. */
export function planLinks(links: LinksSpec, counts: Counts): LinkPlan[] {
  return linkNames.flatMap((name) => {
    const [from, to] = linkTiers(name);
    const shape = links[name];
    const used = from === to ? counts[from] >= 2 : counts[from] >= 1 && counts[to] >= 1;
    return used && shape !== undefined ? [{ name, from, to, ...shape }] : [];
  });
}

/** Bits of a full Ethernet payload. */
const packetBits = 1500 * 8;

/** Assumed for a link without a rate: more than two machines on one host exchange (3.4 Gbit/s measured under emulation). */
const unlimitedMbit = 10_000;

/** netem's own default, and the least here: it leaves room for bursts of small packets on slow links. */
const leastPackets = 1000;

/**
 * How many packets the delay queue must hold. A packet stays for the delay, at most about the mean plus four standard
 * deviations, so at full rate the queue holds rate x (latency + 4 jitter) (the bandwidth-delay product); what is over
 * netem's `limit` is dropped (tc-netem(8)), which would look like a loss nobody asked for. Twice that, since packets may
 * be smaller than 1500 bytes.
 */
export function limitPackets({ latencyMs, jitterMs, rateMbit = unlimitedMbit }: LinkShape): number {
  const bitsInFlight = rateMbit * 1e6 * ((latencyMs + 4 * jitterMs) / 1e3);
  return Math.max(leastPackets, Math.ceil((2 * bitsInFlight) / packetBits));
}
