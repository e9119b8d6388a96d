import { z } from "zod";

/** The tiers of a testbed. A tier's place in this list gives its class in the tree of queues. */
export const peerTiers = ["cloud", "edge", "endpoint"] as const;

const cidr = z
  .string()
  .regex(/^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/, 'is not an IPv4 range; write one like "10.83.64.0/18"');

const percent = z.number().min(0).max(100);

const number = String.raw`\d+(\.\d+)?(e-\d+)?`;
const stepLine = String.raw`\d+( (-|${number})){4} \d+\n`;

/** Values that the machine holds besides the rule, for a benchmark's run to play. */
const trace = z.strictObject({
  file: z.string(),
  sha256: z.string(),
  loop: z.boolean(),
  lengthMs: z.number().positive(),
  /** A line for each step: ms since the start, latency, jitter, rate and loss as in the rule ("-": the rule's), packets. */
  steps: z.string().regex(new RegExp(`^(${stepLine})+$`), "is not a list of steps"),
});

export const shapingRule = z.strictObject({
  cidr,
  latencyMs: z.number().min(0),
  /** Standard deviation. */
  jitterMs: z.number().min(0),
  /** Absent: normal. */
  jitterDistribution: z.enum(["pareto", "uniform"]).optional(),
  jitterCorrelationPercent: percent.optional(),
  rateMbit: z.number().positive().optional(),
  lossPercent: percent,
  /** Losses in bursts, as many as `lossPercent` says. */
  gilbertElliott: z
    .strictObject({
      goodToBadPercent: percent,
      badToGoodPercent: percent,
      lossInBadPercent: percent,
      lossInGoodPercent: percent,
    })
    .optional(),
  duplicatePercent: percent.optional(),
  corruptPercent: percent.optional(),
  reorderPercent: percent.optional(),
  limitPackets: z.number().int().positive(),
  trace: trace.optional(),
});

/** What a machine does to the packets that it sends to one tier or machine. */
export type ShapingRule = z.infer<typeof shapingRule>;

const peer = z
  .string()
  .regex(
    /^(cloud|edge|endpoint)(-(0|[1-9]\d{0,4}))?$/,
    'is neither a tier nor a machine; write one like "edge" or "endpoint-3"',
  );

export const shapingRules = z.record(peer, shapingRule);

/** By the tier that the packets go to, or the machine, where it has a rule of its own. */
export type ShapingRules = z.infer<typeof shapingRules>;

export const accessRates = z.strictObject({
  /** What the machine sends and receives, 10^6 bit/s. */
  upMbit: z.number().positive().optional(),
  downMbit: z.number().positive().optional(),
  /** Ranges of the addresses whose packets count. */
  peers: z.array(cidr),
});

/** Rates that all links of a machine share. */
export type AccessRates = z.infer<typeof accessRates>;

/** All that a machine does to its packets. */
export interface Emulation {
  rules: ShapingRules;
  access?: AccessRates;
}

export const device = z.string().regex(/^[A-Za-z0-9_.-]{1,15}$/, "is not the name of a network device");

/** Indices of a tier's machines have 14 bits: as many machines as fit into a quarter of a /16. */
const machineBits = 14;

/** Class and queue number of a peer: 0x10, 0x20, 0x30 for tiers, from 0x4000 for machines. */
export function numberOf(name: string): number {
  const [tier, index] = name.split("-");
  const place = peerTiers.findIndex((one) => one === tier) + 1;
  return index === undefined ? place * 16 : place * 2 ** machineBits + Number(index);
}

/** The same as tc writes it: hexadecimal. */
export const classOf = (name: string): string => numberOf(name).toString(16);

/** The peer that has a class number. */
export function peerOf(number: number): string | undefined {
  const place = number < 2 ** machineBits ? number / 16 : Math.floor(number / 2 ** machineBits);
  const tier = peerTiers[place - 1];
  if (tier === undefined) return undefined;
  return number < 2 ** machineBits ? tier : `${tier}-${number % 2 ** machineBits}`;
}

/** Filters of machines come before those of the tiers that they are in; the lower number is looked at first. */
export function priorityOf(name: string): number {
  const number = numberOf(name);
  return number < 2 ** machineBits ? 65_000 + number : number - 2 ** machineBits + 1;
}

/** The rules in a fixed order: machines, then tiers. */
export function orderedRules(rules: ShapingRules): [string, ShapingRule][] {
  return Object.entries(rules).sort(([a], [b]) => priorityOf(a) - priorityOf(b));
}
