import { z } from "zod";
import { classOf, peerTiers, type ShapingRule, type ShapingRules } from "./rules.ts";

/** The part of `tc -j` that the rules show in (iproute2 6: tc/q_netem.c, tc/f_u32.c). */
const document = z.object({
  qdiscs: z.array(
    z.object({
      kind: z.string(),
      handle: z.string(),
      root: z.boolean().optional(),
      options: z
        .object({
          limit: z.number().optional(),
          delay: z.object({ delay: z.number(), jitter: z.number() }).optional(),
          "loss-random": z.object({ loss: z.number() }).optional(),
          rate: z.object({ rate: z.number() }).optional(),
        })
        .optional(),
    }),
  ),
  filters: z.array(
    z.object({
      options: z
        .object({
          flowid: z.string().optional(),
          match: z.object({ value: z.string(), mask: z.string() }).optional(),
        })
        .optional(),
    }),
  ),
});

type Queue = z.infer<typeof document>["qdiscs"][number];

/** From here on a rate means "unlimited", in Mbit/s; no virtual network is this fast. */
const unlimitedMbit = 100_000;

/**
 * The rules that a machine has in force, from what {@link readScript} printed. A rule that equals the wanted one up to
 * tc's rounding is returned as the wanted one, so that only real differences show.
 */
export function readBack(text: string, wanted: ShapingRules): ShapingRules {
  const { qdiscs, filters } = document.parse(JSON.parse(text));
  const found: ShapingRules = {};
  if (!qdiscs.some((qdisc) => qdisc.kind === "htb" && qdisc.root === true)) return found;
  for (const tier of peerTiers) {
    const queue = qdiscs.find((qdisc) => qdisc.kind === "netem" && qdisc.handle === `${classOf(tier)}:`);
    const match = filters.find(({ options }) => options?.flowid === `1:${classOf(tier)}`)?.options?.match;
    if (queue === undefined || match === undefined) continue;
    const rule = ruleOf(queue, cidrOf(match));
    const want = wanted[tier];
    found[tier] = want !== undefined && same(rule, want) ? want : rule;
  }
  return found;
}

function ruleOf({ options }: Queue, cidr: string): ShapingRule {
  const rateMbit = (options?.rate?.rate ?? unlimitedMbit * 125_000) / 125_000;
  return {
    cidr,
    latencyMs: rounded((options?.delay?.delay ?? 0) * 1e3),
    jitterMs: rounded((options?.delay?.jitter ?? 0) * 1e3),
    ...(rateMbit < unlimitedMbit && { rateMbit: rounded(rateMbit) }),
    lossPercent: rounded((options?.["loss-random"]?.loss ?? 0) * 1e2),
    limitPackets: options?.limit ?? 0,
  };
}

function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

/** tc prints an address and its mask as hexadecimal numbers without leading zeros. */
function cidrOf({ value, mask }: { value: string; mask: string }): string {
  const number = parseInt(value, 16);
  const bits = parseInt(mask, 16).toString(2).replace(/0+$/, "").length;
  return `${[24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join(".")}/${bits}`;
}

/** tc keeps times in nanoseconds, rates in whole bytes per second and losses in 2^-32; a thousandth covers all three. */
function same(found: ShapingRule, wanted: ShapingRule): boolean {
  const near = (a = unlimitedMbit, b = unlimitedMbit) => Math.abs(a - b) <= 1e-3 * Math.max(a, b, 1e-3);
  return (
    found.cidr === wanted.cidr &&
    found.limitPackets === wanted.limitPackets &&
    near(found.latencyMs, wanted.latencyMs) &&
    near(found.jitterMs, wanted.jitterMs) &&
    near(found.rateMbit, wanted.rateMbit) &&
    near(found.lossPercent, wanted.lossPercent)
  );
}
