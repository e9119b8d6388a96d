import { z } from "zod";

/** The tiers of a testbed. A tier's place in this list gives its class in the tree of queues. */
export const peerTiers = ["cloud", "edge", "endpoint"] as const;

export type PeerTier = (typeof peerTiers)[number];

const cidr = z
  .string()
  .regex(/^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/, 'is not an IPv4 range; write one like "10.83.64.0/18"');

export const shapingRule = z.strictObject({
  cidr,
  latencyMs: z.number().min(0),
  jitterMs: z.number().min(0),
  rateMbit: z.number().positive().optional(),
  lossPercent: z.number().min(0).max(100),
  limitPackets: z.number().int().positive(),
});

/** What a machine does to the packets that it sends to one tier. */
export type ShapingRule = z.infer<typeof shapingRule>;

export const shapingRules = z.strictObject({
  cloud: shapingRule.optional(),
  edge: shapingRule.optional(),
  endpoint: shapingRule.optional(),
});

/** By the tier that the packets go to. */
export type ShapingRules = z.infer<typeof shapingRules>;

export const device = z.string().regex(/^[A-Za-z0-9_.-]{1,15}$/, "is not the name of a network device");

/** Class and queue number of a tier: 10, 20, 30. */
export function classOf(tier: PeerTier): number {
  return (peerTiers.indexOf(tier) + 1) * 10;
}

/** The tiers that have a rule, in the fixed order. */
export function ruledTiers(rules: ShapingRules): [PeerTier, ShapingRule][] {
  return peerTiers.flatMap((tier): [PeerTier, ShapingRule][] => {
    const rule = rules[tier];
    return rule === undefined ? [] : [[tier, rule]];
  });
}
