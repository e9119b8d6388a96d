import {
  linkNames,
  linkTiers,
  parseMachineName,
  type AccessRates,
  type LinkShape,
  type LinksSpec,
} from "../experiment/link.ts";
import { tierNames, type TierName } from "../experiment/tier.ts";
import { accessRates, pairShape, type End } from "./pairShape.ts";
import { limitPackets } from "./queueLimit.ts";
import { plannedShape, planTrace } from "./trace.ts";
import type { AccessPlan, LinkPlan, MachineLinkPlan, ShapingPlan, ShapingRule, ShapingRules } from "./types.ts";

/** Machines of each tier. */
type Counts = Record<TierName, number>;

/** Where the rules find machines: each tier's range, and the address of each machine that has settings of its own. */
export interface Places {
  cidrs: Partial<Record<TierName, string>>;
  addresses: Readonly<Record<string, string>>;
}

/**
 * What a machine does to the packets it sends and receives: a rule for every tier that has machines, its own included
 * (even with one machine, so that a second one changes nothing for the first), and one for each machine that differs
 * from its tier. The number of rules depends on the machines with settings of their own, not on how many there are.
 */
export function planShaping(machine: Required<End>, links: LinksSpec, places: Places): ShapingPlan {
  const rules: ShapingRules = {};
  for (const tier of tierNames) {
    const cidr = places.cidrs[tier];
    const rule = cidr === undefined ? undefined : ruleOf(pairShape(links, machine, { tier }), cidr);
    if (rule !== undefined) rules[tier] = rule;
  }
  for (const [peer, address] of Object.entries(places.addresses)) {
    const tier = parseMachineName(peer)?.tier;
    if (tier === undefined) continue;
    const rule = ruleOf(pairShape(links, machine, { tier, machine: peer }), `${address}/32`);
    const usual = rules[tier];
    const differs = JSON.stringify({ ...rule, cidr: "" }) !== JSON.stringify({ ...usual, cidr: "" });
    if (rule !== undefined && differs) rules[peer] = rule;
  }
  const access = accessPlan(accessRates(links, machine), places);
  return { rules, ...(access === undefined ? {} : { access }) };
}

function ruleOf(shape: LinkShape | undefined, cidr: string): ShapingRule | undefined {
  if (shape === undefined) return undefined;
  const { trace, ...rest } = shape;
  const limit = limitPackets(shape);
  const replayed = trace === undefined ? {} : { trace: planTrace(trace, { ...rest }) };
  delete rest.queueMs;
  delete rest.queuePackets;
  const counted = (shape.queueMs ?? shape.queuePackets) === undefined ? {} : { countsPackets: true as const };
  return { cidr, ...rest, limitPackets: limit, ...counted, ...replayed };
}

/** The traffic with other machines: that with the host (ssh, the mirror) shares no radio. */
function accessPlan(rates: AccessRates, { cidrs }: Places): AccessPlan | undefined {
  if (rates.upMbit === undefined && rates.downMbit === undefined) return undefined;
  return { ...rates, peers: Object.values(cidrs) };
}

/** The emulated links between machines that exist. */
export function planLinks(links: LinksSpec, counts: Counts): LinkPlan[] {
  return linkNames.flatMap((name) => {
    const [from, to] = linkTiers(name);
    const shape = links[name];
    const used = from === to ? counts[from] >= 2 : counts[from] >= 1 && counts[to] >= 1;
    if (!used || shape === undefined) return [];
    const { up, ...down } = shape;
    return [{ name, from, to, ...plannedShape(down), ...(up === undefined ? {} : { up: plannedShape(up) }) }];
  });
}

/** The links of machines that have settings of their own, to the usual machines of each tier. */
export function planMachineLinks(links: LinksSpec, counts: Counts): MachineLinkPlan[] {
  return Object.keys(links.machines ?? {}).flatMap((machine) => {
    const own = parseMachineName(machine)?.tier;
    if (own === undefined) return [];
    return tierNames.flatMap((tier): MachineLinkPlan[] => {
      const others = counts[tier] - (tier === own ? 1 : 0);
      const sent = pairShape(links, { tier: own, machine }, { tier });
      const received = pairShape(links, { tier }, { tier: own, machine });
      if (others < 1 || sent === undefined || received === undefined) return [];
      const same = JSON.stringify(sent) === JSON.stringify(received);
      return [{ machine, tier, ...plannedShape(received), ...(same ? {} : { sent: plannedShape(sent) }) }];
    });
  });
}
