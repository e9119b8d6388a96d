import { classOf, peerTiers, ruledTiers, type PeerTier, type ShapingRule, type ShapingRules } from "./rules.ts";

/**
 * More than any of these networks carries. htb only sorts packets into classes here; its own rate must never hold one
 * back, so each class may also send 10 MB at once (at such rates htb would otherwise wait for a timer after each packet).
 */
const unlimited = "rate 100gbit ceil 100gbit burst 10mb cburst 10mb quantum 60000";

/**
 * Commands for `tc -batch` that build the whole tree of queues from any state of the device.
 *
 * htb sorts by the tier that a packet goes to; a netem in each class delays, limits and loses. What matches no tier
 * (ARP, the host, IPv6 neighbour discovery) goes by htb's direct queue, at once: a delayed ARP answer would add to the
 * first packet's delay. The number of rules does not depend on the number of machines.
 */
export function shapingBatch(rules: ShapingRules, device: string): string {
  return lines([
    // htb can't be replaced by itself, hence the plain queue in between: it makes the batch right from any state.
    `qdisc replace dev ${device} root pfifo`,
    `qdisc replace dev ${device} root handle 1: htb default 0`,
    ...ruledTiers(rules).flatMap(([tier, rule]) => [...queue(tier, rule, device), filter(tier, rule, device)]),
  ]);
}

/**
 * Commands for `tc -batch` that turn one set of rules into another while packets flow: queues that stay keep the
 * packets that are under way. Undefined where that can't be done: a tier's range changed, so its filter must.
 */
export function shapingChange(from: ShapingRules, to: ShapingRules, device: string): string | undefined {
  const commands: string[] = [];
  for (const tier of peerTiers) {
    const old = from[tier];
    const now = to[tier];
    if (old !== undefined && now !== undefined) {
      if (old.cidr !== now.cidr) return undefined;
      commands.push(...queue(tier, now, device));
    } else if (now !== undefined) {
      commands.push(...queue(tier, now, device), filter(tier, now, device));
    } else if (old !== undefined) {
      commands.push(
        `filter del dev ${device} parent 1: protocol ip prio ${classOf(tier)}`,
        `class del dev ${device} classid 1:${classOf(tier)}`,
      );
    }
  }
  return lines(commands);
}

/**
 * A netem that is always given a rate, for two reasons of sch_netem.c: it then counts each packet's time from the one
 * before, so that jitter never reorders packets (which TCP would take for losses), and the rate applies after the delay
 * as on a real link, to the packet, without bursts.
 */
function queue(tier: PeerTier, rule: ShapingRule, device: string): string[] {
  const number = classOf(tier);
  const jitter = rule.jitterMs > 0 ? ` ${microseconds(rule.jitterMs)} distribution normal` : "";
  const rate = rule.rateMbit === undefined ? "100gbit" : `${Math.round(rule.rateMbit * 1e6)}bit`;
  // Always stated: a change of netem keeps what it is not told.
  const loss = `loss ${decimal(rule.lossPercent)}%`;
  return [
    `class replace dev ${device} parent 1: classid 1:${number} htb ${unlimited}`,
    `qdisc replace dev ${device} parent 1:${number} handle ${number}: netem limit ${rule.limitPackets} ` +
      `delay ${microseconds(rule.latencyMs)}${jitter} ${loss} rate ${rate}`,
  ];
}

function filter(tier: PeerTier, rule: ShapingRule, device: string): string {
  const number = classOf(tier);
  return `filter add dev ${device} parent 1: protocol ip prio ${number} u32 match ip dst ${rule.cidr} flowid 1:${number}`;
}

/** tc reads times without a unit as microseconds; whole ones, so that no value depends on rounding in tc. */
function microseconds(ms: number): string {
  return `${Math.round(ms * 1000)}us`;
}

/** Without an exponent, which tc does not read. */
function decimal(value: number): string {
  return value.toFixed(6).replace(/\.?0+$/, "");
}

function lines(commands: string[]): string {
  return commands.map((command) => `${command}\n`).join("");
}
