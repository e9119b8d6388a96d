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
export function netemDelay({ latencyMs, jitterMs, jitterDistribution }: ShapingRule): NetemDelay {
  const { mean, deviation } = drawn[jitterDistribution ?? "normal"];
  const jitter = jitterMs / deviation;
  return { delayUs: Math.max(0, Math.round((latencyMs - mean * jitter) * 1000)), jitterUs: Math.round(jitter * 1000) };
}

/** The opposite, for a rule whose distribution is known: tc does not tell it. */
export function wantedDelay(
  { delayUs, jitterUs }: NetemDelay,
  distribution: ShapingRule["jitterDistribution"],
): Pick<ShapingRule, "latencyMs" | "jitterMs"> {
  const { mean, deviation } = drawn[distribution ?? "normal"];
  return { latencyMs: (delayUs + mean * jitterUs) / 1000, jitterMs: (jitterUs * deviation) / 1000 };
}

/**
 * netem's parameters. It is always given a rate, for two reasons of sch_netem.c: it then counts each packet's time from
 * the one before, so that jitter never reorders packets (which TCP would take for losses), and the rate applies after
 * the delay as on a real link, to the packet, without bursts. And all is stated, always: a change of netem keeps what it
 * is not told. Duplicates are not its part (see duplicates.ts).
 */
export function netemParameters(rule: ShapingRule): string {
  const { delayUs, jitterUs } = netemDelay(rule);
  const correlation = decimal(rule.jitterCorrelationPercent ?? 0);
  const spread = jitterUs === 0 ? "0us 0%" : `${jitterUs}us ${correlation}%${table(rule)}`;
  const rate = rule.rateMbit === undefined ? "100gbit" : `${Math.round(rule.rateMbit * 1e6)}bit`;
  return [
    `limit ${rule.limitPackets} delay ${delayUs}us ${spread} ${loss(rule)}`,
    `corrupt ${decimal(rule.corruptPercent ?? 0)}% reorder ${decimal(rule.reorderPercent ?? 0)}% rate ${rate}`,
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

function loss({ lossPercent, gilbertElliott: model }: ShapingRule): string {
  if (model === undefined) return `loss ${decimal(lossPercent)}%`;
  const shares = [model.goodToBadPercent, model.badToGoodPercent, model.lossInBadPercent, model.lossInGoodPercent];
  return `loss gemodel ${shares.map((share) => `${decimal(share)}%`).join(" ")}`;
}

/** Without an exponent, which tc does not read. */
export function decimal(value: number): string {
  return value.toFixed(6).replace(/\.?0+$/, "");
}
