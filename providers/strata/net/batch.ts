import { duplicateFilter } from "./duplicates.ts";
import { bits, classParameters, limited, unlimited } from "./htb.ts";
import { canChange, netemParameters } from "./netem.ts";
import { classOf, orderedRules, priorityOf, type AccessRates, type Emulation, type ShapingRule } from "./rules.ts";
import { losesPackets, traceLines } from "./trace.ts";

/** Device that what a machine receives is led through. */
export const inboundDevice = "strata0";

/** Lines that say what tc itself can't set up; `applyProgram` looks for them. */
export const marks = { inbound: "# inbound", single: "# single packets" } as const;

/** Before the tiers' filters (priorityOf). */
const ipv6Priority = 64_999;

/** Packets that wait for a shared rate: netem's default, 16 ms at 1 Gbit/s and 1.2 s at 10 Mbit/s. */
const accessPackets = 1000;

/**
 * Commands for `tc -batch` that build the whole tree of queues on a device that has none of ours.
 *
 * htb sorts by the tier (or machine) that a packet goes to, below a class that holds the rate which all share; a netem in
 * each class delays, limits and loses. What matches no rule (ARP, the host) goes by htb's direct queue, at once: a delayed
 * ARP answer would add to the first packet's delay. IPv6 is dropped: every machine has a link-local address, by which packets would
 * pass beside all rules, and through partitions. What is received is only led
 * through a queue, on a device of its own, where a shared rate asks for it.
 */
export function shapingBatch({ rules, access }: Emulation, device: string): string {
  const ordered = orderedRules(rules);
  const duplicated = ordered.filter(([, rule]) => (rule.duplicatePercent ?? 0) > 0);
  const inbound = access?.downMbit !== undefined;
  return lines([
    ...(ordered.some(([, rule]) => countsPackets(rule)) ? [marks.single] : []),
    ...(inbound ? [marks.inbound] : []),
    // htb can't be replaced by itself, hence the plain queue in between: it makes the batch right from any state.
    `qdisc replace dev ${device} root pfifo`,
    `qdisc replace dev ${device} root handle 1: htb default 0`,
    `filter add dev ${device} parent 1: protocol ipv6 prio ${ipv6Priority} u32 match u32 0 0 action drop`,
    shared(access, device),
    ...ordered.flatMap(([peer, rule]) => [
      ...queue(peer, rule, access, device),
      filter(peer, rule, device),
      ...traceLines(peer, rule, access),
    ]),
    ...(duplicated.length > 0 || inbound ? [`qdisc add dev ${device} clsact`] : []),
    ...duplicated.map(
      ([peer, rule]) =>
        `filter add dev ${device} egress protocol ip prio ${priorityOf(peer)} ${duplicateFilter(rule, device)}`,
    ),
    ...(inbound ? [inboundQueue(access), ...access.peers.map((cidr) => inboundFilter(cidr, device))] : []),
  ]);
}

/**
 * Commands for `tc -batch` that turn one set of rules into another while packets flow: queues that stay keep the
 * packets that are under way. Undefined where that can't be done, as a filter or a hook must change.
 */
export function shapingChange(from: Emulation, to: Emulation, device: string): string | undefined {
  if (outside(from) !== outside(to)) return undefined;
  const commands = [shared(to.access, device)];
  for (const [peer, old] of orderedRules(from.rules)) {
    if (to.rules[peer] !== undefined) continue;
    if ((old.duplicatePercent ?? 0) > 0) return undefined;
    commands.push(
      `filter del dev ${device} parent 1: protocol ip prio ${priorityOf(peer)}`,
      `class del dev ${device} classid 1:${classOf(peer)}`,
    );
  }
  for (const [peer, rule] of orderedRules(to.rules)) {
    const old = from.rules[peer];
    if (old !== undefined && (old.cidr !== rule.cidr || !canChange(old, rule))) return undefined;
    if ((old?.duplicatePercent ?? 0) !== (rule.duplicatePercent ?? 0)) return undefined;
    commands.push(...queue(peer, rule, to.access, device), ...(old === undefined ? [filter(peer, rule, device)] : []));
  }
  if (to.access?.downMbit !== undefined) commands.push(inboundQueue(to.access));
  return lines(commands);
}

/** What stands outside of the tree of queues, as one text. */
function outside({ rules, access }: Emulation): string {
  const peers = access?.downMbit === undefined ? [] : access.peers;
  return JSON.stringify([Object.values(rules).some(countsPackets), peers]);
}

/**
 * Whether a rule does something to single packets, or counts them. The kernel otherwise hands the device up to 64 kB at once
 * (TSO), and netem would lose or count them as one.
 */
function countsPackets(rule: ShapingRule): boolean {
  if (rule.countsPackets === true) return true;
  const shares = [rule.duplicatePercent, rule.corruptPercent, rule.reorderPercent];
  return losesPackets(rule) || shares.some((share) => (share ?? 0) > 0);
}

/** The class above all: it holds the rate that they share. */
function shared(access: AccessRates | undefined, device: string): string {
  const rate = access?.upMbit === undefined ? unlimited : limited(access.upMbit, access.upMbit);
  return `class replace dev ${device} parent 1: classid 1:1 htb ${rate}`;
}

function queue(peer: string, rule: ShapingRule, access: AccessRates | undefined, device: string): string[] {
  const number = classOf(peer);
  return [
    `class replace dev ${device} parent 1:1 classid 1:${number} htb ${classParameters(access)}`,
    `qdisc replace dev ${device} parent 1:${number} handle ${number}: netem ${netemParameters(rule)}`,
  ];
}

function filter(peer: string, rule: ShapingRule, device: string): string {
  return (
    `filter add dev ${device} parent 1: protocol ip prio ${priorityOf(peer)} ` +
    `u32 match ip dst ${rule.cidr} flowid 1:${classOf(peer)}`
  );
}

function inboundQueue({ downMbit = 0 }: AccessRates): string {
  return `qdisc replace dev ${inboundDevice} root handle 2: netem limit ${accessPackets} rate ${bits(downMbit)}`;
}

function inboundFilter(cidr: string, device: string): string {
  return `filter add dev ${device} ingress protocol ip prio 1 u32 match ip src ${cidr} action mirred egress redirect dev ${inboundDevice}`;
}

function lines(commands: string[]): string {
  return commands.map((command) => `${command}\n`).join("");
}
