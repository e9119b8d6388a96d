import { z } from "zod";
import { jitterDistributions, type GilbertElliott, type LinkShape } from "./linkShape.ts";
import { quantity } from "./quantity.ts";
import { queueField, type QueueLength } from "./queueLength.ts";
import { traceField } from "./trace.ts";

const gilbertElliottArgs = z
  .strictObject({
    goodToBad: quantity("percentage", {
      description: "Chance, with each packet, that losses begin.",
      examples: ["1 %"],
    }),
    badToGood: quantity("percentage", { description: "Chance, with each packet, that they end.", examples: ["20 %"] }),
    lossInBad: quantity("percentage", {
      description: "Share of packets lost while losses last.",
      examples: ["100 %"],
    }).prefault("100 %"),
    lossInGood: quantity("percentage", {
      description: "Share of packets lost otherwise.",
      examples: ["0.1 %"],
    }).prefault("0 %"),
  })
  .transform(({ goodToBad, badToGood, lossInBad, lossInGood }): GilbertElliott => ({
    goodToBadPercent: goodToBad,
    badToGoodPercent: badToGood,
    lossInBadPercent: lossInBad,
    lossInGoodPercent: lossInGood,
  }));

/** The fields of a shape, as a file writes them. */
export const writtenFields = {
  latency: quantity("latency", { description: "Time a packet takes, one way.", examples: ["45 ms"] }).optional(),
  jitter: quantity("latency", {
    description: "Standard deviation of the latency. Packets keep their order.",
    examples: ["5 ms"],
  }).optional(),
  jitterDistribution: z
    .enum(jitterDistributions)
    .optional()
    .meta({
      description: "How the latency spreads around its mean. Absent: normal.",
      examples: ["pareto"],
    }),
  jitterCorrelation: quantity("percentage", {
    description: "netem's correlation of a packet's delay with the one before; see docs/network.md for what it does.",
    examples: ["25 %"],
  }).optional(),
  rate: quantity("rate", {
    description: 'Throughput, in bit/s; "unlimited" lifts a preset\'s.',
    examples: ["7.21 Mbit", "unlimited"],
    words: { unlimited: Infinity },
  }).optional(),
  loss: quantity("percentage", { description: "Share of packets lost.", examples: ["0.1 %"] }).optional(),
  lossBurst: z
    .number()
    .min(1)
    .max(10_000)
    .optional()
    .meta({
      description:
        "Mean number of packets lost in a row (Gilbert's model), with `loss` as their share. Absent: at random.",
      examples: [5],
    }),
  gilbertElliott: gilbertElliottArgs.optional().meta({
    description: "Losses in bursts by the four parameters of Gilbert and Elliott, instead of `loss`.",
    examples: [{ goodToBad: "1 %", badToGood: "20 %" }],
  }),
  duplicate: quantity("percentage", {
    description: "Share of packets that arrive twice.",
    examples: ["0.1 %"],
  }).optional(),
  corrupt: quantity("percentage", {
    description: "Share of packets with one flipped bit.",
    examples: ["0.01 %"],
  }).optional(),
  reorder: quantity("percentage", {
    description: "Share of packets that are sent at once and overtake those before them. Needs a latency.",
    examples: ["1 %"],
  }).optional(),
  queue: queueField({
    description:
      "How much waits before the rate; what comes on top is dropped. Absent: as much as the link never fills.",
    examples: ["50 ms", "100 packets"],
  }).optional(),
  trace: traceField.optional(),
};

const shapeArgs = z.strictObject(writtenFields);

/** Fields of a shape as read: absent is "as before". */
export type ShapeArgs = z.output<typeof shapeArgs>;

export const directionArgs = (description: string) => shapeArgs.optional().meta({ description });

const plain: LinkShape = { latencyMs: 0, jitterMs: 0, lossPercent: 0 };

/** A shape with the fields that are given instead of its own. */
export function layShape(own: ShapeArgs, base: LinkShape = plain): LinkShape {
  const rateMbit = own.rate ?? base.rateMbit ?? Infinity;
  const distribution = own.jitterDistribution ?? base.jitterDistribution ?? "normal";
  return {
    latencyMs: own.latency ?? base.latencyMs,
    jitterMs: own.jitter ?? base.jitterMs,
    ...(distribution === "normal" ? {} : { jitterDistribution: distribution }),
    ...positive("jitterCorrelationPercent", own.jitterCorrelation ?? base.jitterCorrelationPercent),
    ...(rateMbit === Infinity ? {} : { rateMbit }),
    ...loss(own, base),
    ...positive("duplicatePercent", own.duplicate ?? base.duplicatePercent),
    ...positive("corruptPercent", own.corrupt ?? base.corruptPercent),
    ...positive("reorderPercent", own.reorder ?? base.reorderPercent),
    ...queue(own.queue, base),
    ...((own.trace ?? base.trace) === undefined ? {} : { trace: own.trace ?? base.trace }),
  };
}

function positive<K extends keyof LinkShape>(key: K, value: number | undefined): Partial<Record<K, number>> {
  return value === undefined || value === 0 ? {} : ({ [key]: value } as Partial<Record<K, number>>);
}

function queue(own: QueueLength | undefined, base: LinkShape): Pick<LinkShape, "queuePackets" | "queueMs"> {
  if (own !== undefined) return "packets" in own ? { queuePackets: own.packets } : { queueMs: own.ms };
  return {
    ...(base.queuePackets === undefined ? {} : { queuePackets: base.queuePackets }),
    ...(base.queueMs === undefined ? {} : { queueMs: base.queueMs }),
  };
}

function loss(own: ShapeArgs, base: LinkShape): Pick<LinkShape, "lossPercent" | "gilbertElliott"> {
  if (own.gilbertElliott !== undefined) {
    return { lossPercent: meanLossPercent(own.gilbertElliott), gilbertElliott: own.gilbertElliott };
  }
  const lossPercent = own.loss ?? base.lossPercent;
  if (own.lossBurst !== undefined) return { lossPercent, ...bursts(lossPercent, own.lossBurst) };
  if (own.loss !== undefined || base.gilbertElliott === undefined) return { lossPercent };
  return { lossPercent, gilbertElliott: base.gilbertElliott };
}

/** Gilbert's model: everything is lost in the bad state, which holds for 1 / badToGood packets on average. */
function bursts(lossPercent: number, burst: number): { gilbertElliott?: GilbertElliott } {
  if (lossPercent === 0) return {};
  const badToGoodPercent = 100 / burst;
  return {
    gilbertElliott: {
      goodToBadPercent: round((badToGoodPercent * lossPercent) / (100 - lossPercent)),
      badToGoodPercent: round(badToGoodPercent),
      lossInBadPercent: 100,
      lossInGoodPercent: 0,
    },
  };
}

/** Share of time in each state (from the transitions' balance) times the loss in it, in percent. */
export function meanLossPercent(model: GilbertElliott): number {
  const turns = model.goodToBadPercent + model.badToGoodPercent;
  const bad = turns === 0 ? 0 : model.goodToBadPercent / turns;
  return round(bad * model.lossInBadPercent + (1 - bad) * model.lossInGoodPercent);
}

/** To a millionth: tc keeps shares to 2^-32. */
function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
