import { z } from "zod";

/** The tiers of a testbed. A tier's place in this list gives its class in the tree of queues. */
export const peerTiers = ["cloud", "edge", "endpoint"] as const;

const cidr = z
  .string()
  .regex(/^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/, 'is not an IPv4 range; write one like "10.83.64.0/18"');

const percent = z.number().min(0).max(100);

/** What of a rule a trace may change; a step's line has their values in this order. */
export const tracedFields = ["latencyMs", "jitterMs", "rateMbit", "lossPercent"] as const;

const number = String.raw`\d+(\.\d+)?(e-\d+)?`;
const stepLine = String.raw`\d+( (-|${number})){${tracedFields.length}} \d+\n`;

const trace = z
  .strictObject({
    file: z.string().describe("Where they come from."),
    sha256: z.string().describe("SHA-256 of that file."),
    loop: z.boolean().describe("Whether they begin anew after lengthMs."),
    lengthMs: z.number().positive().describe("Length in ms."),
    steps: z
      .string()
      .regex(new RegExp(`^(${stepLine})+$`), "is not a list of steps")
      .describe(
        "A line for each step: ms since the start, latency, jitter, rate and loss in the rule's units " +
          '("-": the rule\'s), queue in packets.',
      ),
  })
  .meta({
    id: "strata:net:ShapingTrace",
    description:
      "Values that change with time. The machine holds them; they are in force while a benchmark's run replays them.",
  });

const gilbertElliott = z
  .strictObject({
    goodToBadPercent: percent.describe("Chance, with each packet, that losses begin."),
    badToGoodPercent: percent.describe("Chance, with each packet, that they end."),
    lossInBadPercent: percent.describe("Share of packets lost while they last."),
    lossInGoodPercent: percent.describe("Share of packets lost otherwise."),
  })
  .meta({
    id: "strata:net:GilbertElliott",
    description: "Losses in bursts, by the models of Gilbert and Elliott; shares in percent.",
  });

const jitterDistribution = z
  .enum(["pareto", "uniform"])
  .meta({ id: "strata:net:JitterDistribution", description: "How a delay spreads." });

export const shapingRule = z
  .strictObject({
    cidr: cidr.describe('Addresses of the tier, for example "10.83.64.0/18".'),
    latencyMs: z.number().min(0).describe("Added delay, one way, in ms."),
    jitterMs: z.number().min(0).describe("Standard deviation of the delay, in ms. Packets keep their order."),
    jitterDistribution: jitterDistribution
      .optional()
      .describe('How the delay spreads, "pareto" or "uniform". Default: normal.'),
    jitterCorrelationPercent: percent
      .optional()
      .describe("netem's correlation of a delay with the one before, in percent. Default: 0."),
    rateMbit: z.number().positive().optional().describe("Throughput in 10^6 bit/s. Default: unlimited."),
    lossPercent: percent.describe("Share of packets lost, 0 to 100; at random, unless gilbertElliott says how."),
    gilbertElliott: gilbertElliott.optional().describe("Losses in bursts, as many as lossPercent says."),
    duplicatePercent: percent.optional().describe("Share of packets that arrive twice, 0 to 100. Default: 0."),
    corruptPercent: percent.optional().describe("Share of packets with a flipped bit, 0 to 100. Default: 0."),
    reorderPercent: percent
      .optional()
      .describe("Share of packets that overtake those before them, 0 to 100. Default: 0."),
    limitPackets: z.number().int().positive().describe("Length of the queue in packets; what is over it is dropped."),
    countsPackets: z
      .literal(true)
      .optional()
      .describe("The length is of single packets: the machine's segmentation offload is off."),
    trace: trace.optional().describe("Values that change with time while a benchmark's run replays them."),
  })
  .meta({
    id: "strata:net:ShapingRule",
    description: "What a machine does to the packets that it sends to one tier or machine.",
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

export const accessRates = z
  .strictObject({
    upMbit: z.number().positive().optional().describe("What it sends, in 10^6 bit/s. Default: unlimited."),
    downMbit: z.number().positive().optional().describe("What it receives, in 10^6 bit/s. Default: unlimited."),
    peers: z.array(cidr).describe("Address ranges of the machines whose traffic counts."),
  })
  .meta({ id: "strata:net:AccessRates", description: "Rates that all links of a machine share." });

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
