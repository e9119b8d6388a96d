import { z } from "zod";
import { quantity } from "./quantity.ts";
import { tierNames } from "./tier.ts";
import { thresholdArgsSchema, thresholdSchema } from "./threshold.ts";

/** Tiers that can run the worker. */
export const workerTiers = ["cloud", "edge"] as const;

/**
 * A benchmark with its units resolved, as the plan and the stack's outputs hold it. No transforms here: reading the
 * outputs back gives the same object.
 */
export const benchmarkSchema = z.strictObject({
  workload: z.literal("image-classification"),
  /** Tier whose machines classify. */
  worker: z.enum(workerTiers),
  /** Tier whose first machine is the broker. */
  broker: z.enum(tierNames),
  /** Photos a second that each endpoint sends. */
  rateHz: z.number().positive(),
  /** Seconds that are measured; they follow the warm-up. */
  durationS: z.number().positive(),
  /** Seconds of load before the measured ones; their samples count for nothing. */
  warmupS: z.number().nonnegative(),
  repetitions: z.int().positive(),
  /** Whether Linux shrinks an idle connection's congestion window (RFC 2861, on by default). */
  tcpSlowStartAfterIdle: z.boolean(),
  thresholds: z.array(thresholdSchema),
});

export type BenchmarkSpec = z.infer<typeof benchmarkSchema>;

/** A benchmark whose broker may not be chosen yet: that depends on the software (see load.ts). */
export type BenchmarkDraft = Omit<BenchmarkSpec, "broker"> & Partial<Pick<BenchmarkSpec, "broker">>;

/**
 * The benchmark in an experiment file. Continuum names no default rate and measures 300 s once; here a minute three
 * times, since one run says nothing about the spread between runs.
 */
const imageClassificationSchema = z
  .strictObject({
    workload: z.literal("image-classification").meta({
      description: "Endpoints send JPEG photos through the MQTT broker to workers, which send the label back.",
    }),
    worker: z
      .enum(workerTiers)
      .prefault("cloud")
      .meta({
        description: "Tier whose machines classify the photos.",
        examples: ["cloud", "edge"],
      }),
    broker: z
      .enum(tierNames)
      .optional()
      .meta({
        description: "Tier whose first machine is the MQTT broker. Absent: the tier of the first mqtt in software.",
        examples: ["edge"],
      }),
    rate: quantity("frequency", {
      description: "Photos a second that each endpoint sends.",
      examples: ["1 Hz", "5 Hz"],
    }).prefault("1 Hz"),
    duration: quantity("duration", {
      description: "How long one repetition is measured; the warm-up comes before it.",
      examples: ["60 s", "5 min"],
    }).prefault("60 s"),
    warmup: quantity("duration", {
      description: "Load before the measured time, left out of every figure.",
      examples: ["10 s"],
    }).prefault("10 s"),
    repetitions: z
      .int()
      .min(1)
      .max(1000)
      .prefault(3)
      .meta({
        description: "How often the measurement is repeated; intervals need several.",
        examples: [5],
      }),
    tcpSlowStartAfterIdle: z
      .boolean()
      .prefault(true)
      .meta({
        description:
          "Linux shrinks the congestion window of a connection that was idle, which at 1 Hz nearly doubles a photo's upload time on a 45 ms link. false switches that off.",
        examples: [false],
      }),
    thresholds: z
      .array(thresholdArgsSchema)
      .prefault([])
      .meta({
        description: "Conditions on the result; one that fails makes the exit status non-zero.",
        examples: [["p95 end_to_end < 300 ms"]],
      }),
  })
  .transform(
    ({
      workload,
      worker,
      broker,
      rate,
      duration,
      warmup,
      repetitions,
      tcpSlowStartAfterIdle,
      thresholds,
    }): BenchmarkDraft => ({
      workload,
      worker,
      ...(broker === undefined ? {} : { broker }),
      rateHz: rate,
      durationS: duration,
      warmupS: warmup,
      repetitions,
      tcpSlowStartAfterIdle,
      thresholds,
    }),
  );

/** The benchmarks there are, told apart by `workload`. */
export const benchmarkArgsSchema = z
  .discriminatedUnion("workload", [imageClassificationSchema])
  .meta({ description: "What is measured on the testbed. Absent: nothing." });
