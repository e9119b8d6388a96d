import { z } from "zod";
import { traceSource, type Trace } from "./trace.ts";

export const jitterDistributions = ["normal", "pareto", "uniform"] as const;

const gilbertElliott = z.strictObject({
  /** Chance, with each packet, that the good state turns into the bad one, and back. */
  goodToBadPercent: z.number(),
  badToGoodPercent: z.number(),
  /** Share of the packets that is lost in each state. */
  lossInBadPercent: z.number(),
  lossInGoodPercent: z.number(),
});

/**
 * What a link does to a packet, one way: for experiments, plans and outputs alike. How it is written is in writtenShape.ts;
 * the plugin's rules (providers/strata/net/rules.ts) are another program's, tests/unit/plan/linkShape.test.ts ties them.
 */
export const shapeFields = {
  /** One way, in ms. */
  latencyMs: z.number(),
  /** Standard deviation of the latency. */
  jitterMs: z.number(),
  /** Absent: normal. */
  jitterDistribution: z.enum(jitterDistributions).exclude(["normal"]).optional(),
  /** netem's correlation with the packet before, in percent. */
  jitterCorrelationPercent: z.number().optional(),
  /** 10^6 bit/s; absent: unlimited. */
  rateMbit: z.number().optional(),
  /** Mean share of packets lost, however the losses are spread. */
  lossPercent: z.number(),
  /** Absent: each packet is lost independently. */
  gilbertElliott: gilbertElliott.optional(),
  duplicatePercent: z.number().optional(),
  corruptPercent: z.number().optional(),
  /** Share of packets that overtake those before them. */
  reorderPercent: z.number().optional(),
  /** How much waits before the link's rate; one of the two, or the default (see plan/queueLimit.ts). */
  queuePackets: z.number().optional(),
  queueMs: z.number().optional(),
  /** What it does instead while a run replays the trace. */
  trace: traceSource.optional(),
};

/** Losses in bursts: two states with a loss of their own each (Gilbert 1960, Elliott 1963; tc-netem(8)). */
export type GilbertElliott = z.infer<typeof gilbertElliott>;

export const shapeSchema = z.strictObject(shapeFields);

/** A link's shape, of a trace only where it comes from. */
export type PlannedShape = z.infer<typeof shapeSchema>;

/** The same with the trace's steps. */
export interface LinkShape extends Omit<PlannedShape, "trace"> {
  trace?: Trace;
}
