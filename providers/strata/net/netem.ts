import type { ShapingRule } from "./rules.ts";

/**
 * Mean and standard deviation of what netem draws, in units of the jitter it is given: of the tables in iproute2
 * (normal.dist and pareto.dist, computed from the 4096 numbers in them, which are cut off at 4 units), and of the even
 * spread over plus and minus one unit that it draws without a table (1 / sqrt(3)).
 */
const drawn = {
  normal: { mean: 0, deviation: 1 },
  pareto: { mean: -0.033491, deviation: 0.819677 },
  uniform: { mean: 0, deviation: 1 / Math.sqrt(3) },
} as const;

/** netem's own delay and jitter, whole microseconds: tc reads those without rounding. */
export interface NetemDelay {
  delayUs: number;
  jitterUs: number;
}

/** What netem must be given so that delays have the wanted mean and standard deviation. */
export function netemDelay({ latencyMs, jitterMs, jitterDistribution, reorderPercent = 0 }: ShapingRule): NetemDelay {
  const { mean, deviation } = drawn[jitterDistribution ?? "normal"];
  const jitter = jitterMs / deviation;
  const jitterUs = Math.round(jitter * 1000);
  // Without any delay tc refuses a distribution or reordering.
  const leastUs = jitterUs > 0 || reorderPercent > 0 ? 1 : 0;
  return { delayUs: Math.max(leastUs, Math.round((latencyMs - mean * jitter) * 1000)), jitterUs };
}

/** The opposite, for a rule whose distribution is known: tc does not tell it. */
export function wantedDelay(
  { delayUs, jitterUs }: NetemDelay,
  distribution: ShapingRule["jitterDistribution"],
): Pick<ShapingRule, "latencyMs" | "jitterMs"> {
  const { mean, deviation } = drawn[distribution ?? "normal"];
  return { latencyMs: (delayUs + mean * jitterUs) / 1000, jitterMs: (jitterUs * deviation) / 1000 };
}

/** All that netem is told, in the units in which it keeps it. */
export interface NetemSettings extends NetemDelay {
  limit: number;
  correlationPercent: number;
  /** One: of each packet; four: Gilbert and Elliott's, in tc's order (p, r, 1-h, 1-k). */
  lossPercents: readonly number[];
  corruptPercent: number;
  reorderPercent: number;
  rateBit: number;
}

/** Told where a link has no rate, as netem is always given one; more than any virtual network carries. */
export const unlimitedBit = 1e11;

/** netem counts its packets in 32 bits. */
const mostPackets = 2 ** 32 - 1;

export function netemSettings(rule: ShapingRule): NetemSettings {
  const { gilbertElliott: model, rateMbit } = rule;
  const { delayUs, jitterUs } = netemDelay(rule);
  return {
    delayUs,
    jitterUs,
    limit: Math.min(mostPackets, rule.limitPackets),
    correlationPercent: jitterUs === 0 ? 0 : (rule.jitterCorrelationPercent ?? 0),
    lossPercents:
      model === undefined
        ? [rule.lossPercent]
        : [model.goodToBadPercent, model.badToGoodPercent, model.lossInBadPercent, model.lossInGoodPercent],
    corruptPercent: rule.corruptPercent ?? 0,
    reorderPercent: rule.reorderPercent ?? 0,
    rateBit: rateMbit === undefined ? unlimitedBit : Math.round(rateMbit * 1e6),
  };
}

/**
 * netem's parameters. It is always given a rate, for two reasons of sch_netem.c: it then counts each packet's time from
 * the one before, so that jitter never reorders packets (which TCP would take for losses), and the rate applies after
 * the delay as on a real link, to the packet, without bursts. And all is stated, always: a change of netem keeps what it
 * is not told. Duplicates are not its part (see duplicates.ts).
 */
export function netemParameters(rule: ShapingRule): string {
  const { limit, delayUs, jitterUs, correlationPercent, lossPercents, ...rest } = netemSettings(rule);
  const spread = jitterUs === 0 ? "0us 0%" : `${jitterUs}us ${decimal(correlationPercent)}%${table(rule)}`;
  const losses = lossPercents.map((share) => `${decimal(share)}%`).join(" ");
  const rate = rule.rateMbit === undefined ? "100gbit" : `${rest.rateBit}bit`;
  return [
    `limit ${limit} delay ${delayUs}us ${spread} loss ${lossPercents.length > 1 ? "gemodel " : ""}${losses}`,
    `corrupt ${decimal(rest.corruptPercent)}% reorder ${decimal(rest.reorderPercent)}% rate ${rate}`,
  ].join(" ");
}

/** Whether netem can be changed from one rule to the other: a table, once given, can't be taken back. */
export function canChange(from: ShapingRule, to: ShapingRule): boolean {
  const jitters = (rule: ShapingRule): boolean => rule.jitterMs > 0 || rule.trace !== undefined;
  const hasTable = (rule: ShapingRule): boolean => jitters(rule) && rule.jitterDistribution !== "uniform";
  const uniform = jitters(to) && to.jitterDistribution === "uniform";
  return !(hasTable(from) && uniform) && !(uniform && from.jitterMs === 0);
}

function table({ jitterDistribution }: ShapingRule): string {
  return jitterDistribution === "uniform" ? "" : ` distribution ${jitterDistribution ?? "normal"}`;
}

/** Without an exponent, which tc does not read. */
export function decimal(value: number): string {
  return value.toFixed(6).replace(/\.?0+$/, "");
}
