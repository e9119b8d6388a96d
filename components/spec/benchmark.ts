import { z } from "zod";
import { faultArgsSchema, faultSchema } from "./fault.ts";
import { quantity } from "./quantity.ts";
import { tierNames } from "./tier.ts";
import { thresholdArgsSchema, thresholdSchema } from "./threshold.ts";

/** Where the worker can run: on the machines of a tier, or on the worker nodes of the cluster. */
export const workerPlaces = ["cloud", "edge", "kubernetes"] as const;

const deploymentSchema = z.strictObject({
  /** Pods on each worker node. */
  applicationsPerWorker: z.int().positive(),
  /** Cores that each pod asks for. */
  workerCpu: z.number().positive(),
  /** Memory that each pod asks for. */
  workerMemoryMiB: z.number().positive(),
});

/** How the workload's workers run on the cluster. */
export type DeploymentSpec = z.infer<typeof deploymentSchema>;

/**
 * A benchmark with its units resolved, as the plan and the stack's outputs hold it. No transforms here: reading the
 * outputs back gives the same object.
 */
export const benchmarkSchema = z.strictObject({
  workload: z.literal("image-classification"),
  /** Tier whose machines classify, or "kubernetes": pods on the cluster's workers do. */
  worker: z.enum(workerPlaces),
  /** How the pods are deployed; there exactly when the worker is "kubernetes". */
  deployment: deploymentSchema.optional(),
  /** Tier whose first machine is the broker. */
  broker: z.enum(tierNames),
  /** Photos a second that each endpoint sends; "auto": what the workers can carry, found by each run (benchmarks/run/autoRate.ts). */
  rateHz: z.union([z.number().positive(), z.literal("auto")]),
  /** Seconds that are measured; they follow the warm-up. */
  durationS: z.number().positive(),
  /** Seconds of load before the measured ones; their samples count for nothing. */
  warmupS: z.number().nonnegative(),
  repetitions: z.int().positive(),
  /** Whether Linux shrinks an idle connection's congestion window (RFC 2861, on by default). */
  tcpSlowStartAfterIdle: z.boolean(),
  thresholds: z.array(thresholdSchema),
  /** What goes wrong in each repetition. Absent: nothing. */
  faults: z.array(faultSchema).optional(),
});

export type BenchmarkSpec = z.infer<typeof benchmarkSchema>;

/** A benchmark as far as the file says it: the rest depends on the software and the machines (see load.ts). */
export type BenchmarkDraft = Omit<BenchmarkSpec, "broker" | "deployment"> &
  Partial<Pick<BenchmarkSpec, "broker"> & { deployment: Partial<DeploymentSpec> }>;

/** Stands for "auto" between reading and resolving; no rate is as low. */
const automatic = 0;

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
      .enum(workerPlaces)
      .prefault("cloud")
      .meta({
        description:
          "Tier whose machines classify the photos; kubernetes, or a tier of the cluster's workers: pods on them do.",
        examples: ["cloud", "edge"],
      }),
    applicationsPerWorker: z
      .int()
      .min(1)
      .max(110)
      .optional()
      .meta({ description: "Worker pods on each worker node of the cluster. Absent: 1.", examples: [2] }),
    workerCpu: z
      .number()
      .min(0.01)
      .max(256)
      .optional()
      .meta({
        description: "Cores that each worker pod asks for. Absent: the node's, less half a core, shared by its pods.",
        examples: [1.5],
      }),
    workerMemory: quantity("memory", {
      description: "Memory that each worker pod asks for. Absent: the node's, less 768 MiB, shared by its pods.",
      examples: ["512 MiB"],
    }).optional(),
    broker: z
      .enum(tierNames)
      .optional()
      .meta({
        description: "Tier whose first machine is the MQTT broker. Absent: the tier of the first mqtt in software.",
        examples: ["edge"],
      }),
    rate: quantity("frequency", {
      description:
        "Photos a second that each endpoint sends. auto: each run finds out first what a worker can do, and takes half of it.",
      examples: ["1 Hz", "auto"],
      words: { auto: automatic },
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
    faults: z
      .array(faultArgsSchema)
      .prefault([])
      .meta({
        description: "What goes wrong in each repetition, and when; undone at its end in any case.",
        examples: [[{ kind: "link-down", link: "cloud-endpoint", at: "20 s", duration: "5 s" }]],
      }),
  })
  .transform(
    ({
      workload,
      worker,
      applicationsPerWorker,
      workerCpu,
      workerMemory,
      broker,
      rate,
      duration,
      warmup,
      repetitions,
      tcpSlowStartAfterIdle,
      thresholds,
      faults,
    }): BenchmarkDraft => ({
      workload,
      worker,
      deployment: {
        ...(applicationsPerWorker === undefined ? {} : { applicationsPerWorker }),
        ...(workerCpu === undefined ? {} : { workerCpu }),
        ...(workerMemory === undefined ? {} : { workerMemoryMiB: workerMemory }),
      },
      ...(broker === undefined ? {} : { broker }),
      rateHz: rate === automatic ? "auto" : rate,
      durationS: duration,
      warmupS: warmup,
      repetitions,
      tcpSlowStartAfterIdle,
      thresholds,
      ...(faults.length === 0 ? {} : { faults }),
    }),
  );

/** The benchmarks there are, told apart by `workload`. */
export const benchmarkArgsSchema = z
  .discriminatedUnion("workload", [imageClassificationSchema])
  .meta({ description: "What is measured on the testbed. Absent: nothing." });
