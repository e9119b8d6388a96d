import { z } from "zod";
import { linkPresets, presetNames } from "./linkPresets.ts";
import { quantity } from "./quantity.ts";
import { tierNames, type TierName } from "./tier.ts";

/** The pairs of tiers, each in tier order; a tier with itself is the link between its machines. */
export const linkNames = [
  "cloud-cloud",
  "cloud-edge",
  "cloud-endpoint",
  "edge-edge",
  "edge-endpoint",
  "endpoint-endpoint",
] as const;

export type LinkName = (typeof linkNames)[number];

/** What a link does to a packet, one way. Both ends do it, so a round trip takes twice the latency. */
export interface LinkShape {
  latencyMs: number;
  /** Standard deviation of the latency. */
  jitterMs: number;
  /** 10^6 bit/s; absent: unlimited. */
  rateMbit?: number;
  lossPercent: number;
}

export type LinksSpec = Partial<Record<LinkName, LinkShape>>;

/** The tiers of a link, in tier order. */
export function linkTiers(name: LinkName): [TierName, TierName] {
  const [from, to] = name.split("-") as [TierName, TierName];
  return [from, to];
}

/** The link between two tiers, whichever is named first. */
export function linkBetween(a: TierName, b: TierName): LinkName {
  const ordered = tierNames.indexOf(a) <= tierNames.indexOf(b) ? [a, b] : [b, a];
  return ordered.join("-") as LinkName;
}

/** "endpoint-cloud" is another way to write "cloud-endpoint"; undefined when there is only one way. */
export function reversedLinkName(name: string): string | undefined {
  const [a, b, rest] = name.split("-");
  return a === undefined || b === undefined || rest !== undefined || a === b ? undefined : `${b}-${a}`;
}

const shapeSchema = z
  .strictObject({
    latency: quantity("latency", { description: "Time a packet takes, one way.", examples: ["45 ms"] }).optional(),
    jitter: quantity("latency", {
      description: "Standard deviation of the latency. Packets keep their order.",
      examples: ["5 ms"],
    }).optional(),
    rate: quantity("rate", {
      description: 'Throughput, in bit/s; "unlimited" lifts a preset\'s.',
      examples: ["7.21 Mbit", "unlimited"],
      words: { unlimited: Infinity },
    }).optional(),
    loss: quantity("percentage", { description: "Share of packets lost.", examples: ["0.1 %"] }).optional(),
  })
  .optional();

const described = (name: string) =>
  shapeSchema.meta({ description: `The link ${name}; what it leaves out is the preset's.` });

/** `preset` and single links; a pair may be written in either order. */
const linkArgsSchema = z.strictObject({
  preset: z
    .enum(presetNames)
    .optional()
    .meta({
      description:
        "Values for all links: 4g and 5g as in Continuum, wired for endpoints on a cable. Absent: only the links named here are emulated.",
      examples: ["4g"],
    }),
  "cloud-cloud": described("between cloud machines"),
  "cloud-edge": described("between cloud and edge"),
  "cloud-endpoint": described("between cloud and endpoints"),
  "edge-edge": described("between edge machines"),
  "edge-endpoint": described("between edge and endpoints"),
  "endpoint-endpoint": described("between endpoints"),
  "edge-cloud": described("between edge and cloud"),
  "endpoint-cloud": described("between endpoints and cloud"),
  "endpoint-edge": described("between endpoints and edge"),
});

type LinkArgs = z.output<typeof linkArgsSchema>;
type ShapeArgs = NonNullable<z.output<typeof shapeSchema>>;

/** The links that are emulated, in a fixed order: the preset's, with the fields that the file gives instead. */
export const linksSchema = linkArgsSchema
  .transform((args, context): LinksSpec => {
    const links: LinksSpec = {};
    for (const name of linkNames) {
      const reversed = reversedLinkName(name) as keyof LinkArgs | undefined;
      const second = reversed === undefined ? undefined : (args[reversed] as ShapeArgs | undefined);
      if (args[name] !== undefined && second !== undefined) {
        const fix = `keep one of ${name} and ${String(reversed)}`;
        context.issues.push({
          code: "custom",
          input: args,
          path: [reversed ?? name],
          message: `is the link ${name}, which is given too`,
          params: { fix },
        });
      }
      const base = args.preset === undefined ? undefined : linkPresets[args.preset][name];
      const own = args[name] ?? second;
      if (base !== undefined || own !== undefined) links[name] = shape(own ?? {}, base);
    }
    return links;
  })
  .meta({
    description: "The emulated network between tiers. Absent: the machines' plain network.",
    examples: [{ preset: "4g" }],
  });

function shape(own: ShapeArgs, base: LinkShape = { latencyMs: 0, jitterMs: 0, lossPercent: 0 }): LinkShape {
  const rateMbit = own.rate ?? base.rateMbit ?? Infinity;
  return {
    latencyMs: own.latency ?? base.latencyMs,
    jitterMs: own.jitter ?? base.jitterMs,
    ...(rateMbit === Infinity ? {} : { rateMbit }),
    lossPercent: own.loss ?? base.lossPercent,
  };
}
