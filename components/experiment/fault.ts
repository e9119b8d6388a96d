import { z } from "zod";
import { linkNames, reversedLinkName, type LinkName } from "./link.ts";
import { quantity } from "./quantity.ts";
import { tierNames } from "./tier.ts";

/** When, counted from the start of measuring; each repetition has them anew. */
const span = { atS: z.number().nonnegative(), durationS: z.number().positive() };

/** Something that goes wrong in a run for a time, as the plan and the stack's outputs hold it. */
export const faultSchema = z.discriminatedUnion("kind", [
  /** A link loses all that enters it, both ways. */
  z.strictObject({ kind: z.literal("link-down"), link: z.enum(linkNames), ...span }),
  /** A tier's machines reach each other, and no other tier. */
  z.strictObject({ kind: z.literal("partition"), tier: z.enum(tierNames), ...span }),
  /** A link loses more than it does otherwise. */
  z.strictObject({
    kind: z.literal("loss-burst"),
    link: z.enum(linkNames),
    lossPercent: z.number().positive(),
    ...span,
  }),
  /** A link takes longer, each way. */
  z.strictObject({ kind: z.literal("latency-step"), link: z.enum(linkNames), addedMs: z.number().positive(), ...span }),
]);

export type FaultSpec = z.infer<typeof faultSchema>;

/** "cloud-edge" or "edge-cloud". */
const linkArg = z
  .enum([...linkNames, ...linkNames.flatMap((name) => (reversedLinkName(name) ?? []) as "cloud-edge"[])])
  .transform((name): LinkName => linkNames.find((one) => one === name) ?? (reversedLinkName(name) as LinkName))
  .meta({ description: "The link that it happens to.", examples: ["cloud-endpoint"] });

const when = {
  at: quantity("duration", { description: "When, after the start of measuring.", examples: ["20 s"] }),
  duration: quantity("duration", { description: "For how long.", examples: ["5 s"] }),
};

const spanOf = ({ at, duration }: { at: number; duration: number }) => ({ atS: at, durationS: duration });

/** A fault in an experiment file. */
export const faultArgsSchema = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("link-down").meta({ description: "The link loses all that enters it, both ways." }),
      link: linkArg,
      ...when,
    }),
    z.strictObject({
      kind: z
        .literal("partition")
        .meta({ description: "A tier is cut off from the others; the host still reaches it." }),
      tier: z
        .enum(tierNames)
        .meta({ description: "Tier whose machines reach no other tier; the host still does.", examples: ["edge"] }),
      ...when,
    }),
    z.strictObject({
      kind: z.literal("loss-burst").meta({ description: "The link loses more than it does otherwise." }),
      link: linkArg,
      loss: quantity("percentage", { description: "Share of packets lost meanwhile.", examples: ["20 %"] }),
      ...when,
    }),
    z.strictObject({
      kind: z.literal("latency-step").meta({ description: "The link takes longer, each way." }),
      link: linkArg,
      latency: quantity("latency", { description: "Added to the link's latency, each way.", examples: ["100 ms"] }),
      ...when,
    }),
  ])
  .transform((args): FaultSpec => {
    switch (args.kind) {
      case "link-down":
        return { kind: args.kind, link: args.link, ...spanOf(args) };
      case "partition":
        return { kind: args.kind, tier: args.tier, ...spanOf(args) };
      case "loss-burst":
        return { kind: args.kind, link: args.link, lossPercent: args.loss, ...spanOf(args) };
      case "latency-step":
        return { kind: args.kind, link: args.link, addedMs: args.latency, ...spanOf(args) };
    }
  });
