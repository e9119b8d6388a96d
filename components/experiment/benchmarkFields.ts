// Fields that benchmarks of several workloads have.
import { z } from "zod";
import { faultArgsSchema, faultSchema } from "./fault.ts";
import { quantity } from "./quantity.ts";
import { thresholdArgs, thresholdSchema } from "./threshold.ts";
import { tierNames } from "./tier.ts";

/** Where workers can run: on the machines of a tier, or on the worker nodes of the cluster. */
export const workerPlaces = [...tierNames, "kubernetes"] as const;
export type WorkerPlace = (typeof workerPlaces)[number];

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

/** As the outputs hold them. */
export const resolvedFields = {
  deployment: deploymentSchema.optional(),
  durationS: z.number().positive(),
  warmupS: z.number().nonnegative(),
  repetitions: z.int().positive(),
  /** What each repetition starts from: the testbed as it was saved before the first; absent: as the one before left it. */
  startFrom: z.literal("snapshot").optional(),
  thresholds: z.array(thresholdSchema),
  faults: z.array(faultSchema).optional(),
};

/** Of workers in pods. */
export const deploymentArgs = {
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
};

interface DeploymentArgs {
  applicationsPerWorker?: number;
  workerCpu?: number;
  workerMemory?: number;
}

/** What was written of the pods, as the outputs name it. */
export function deploymentDraft({
  applicationsPerWorker,
  workerCpu,
  workerMemory,
}: DeploymentArgs): Partial<DeploymentSpec> {
  return {
    ...(applicationsPerWorker === undefined ? {} : { applicationsPerWorker }),
    ...(workerCpu === undefined ? {} : { workerCpu }),
    ...(workerMemory === undefined ? {} : { workerMemoryMiB: workerMemory }),
  };
}

/** The measured time and the warm-up before it. */
export const durationArgs = {
  duration: quantity("duration", {
    description: "How long one repetition is measured; the warm-up comes before it.",
    examples: ["60 s", "5 min"],
  }).prefault("60 s"),
  warmup: quantity("duration", {
    description: "Load before the measured time, left out of every figure.",
    examples: ["10 s"],
  }).prefault("10 s"),
};

const repetitionCount = z.int().min(1).max(1000);

/** What repetitions can start from, as it is written. */
export const repetitionStarts = ["snapshot", "carry-on"] as const;

/**
 * Continuum measures once; here three times, since one run says nothing about the spread between runs.
 */
export const repetitionArgs = {
  repetitions: z
    .union([
      repetitionCount,
      z.strictObject({
        count: repetitionCount.prefault(3),
        from: z
          .enum(repetitionStarts)
          .prefault("carry-on")
          .meta({
            description:
              "snapshot: the testbed is saved with its memory before the first repetition, and each other one starts from that. " +
              "carry-on: as the one before has left it.",
          }),
      }),
    ])
    .prefault(3)
    .meta({
      description: "How often the measurement is repeated, and from what each starts; intervals need several.",
      examples: [5, { count: 5, from: "snapshot" }],
    }),
};

/** What was written of the repetitions, as the outputs name it. */
export function repetitionDraft({
  repetitions,
}: {
  repetitions: number | { count: number; from: (typeof repetitionStarts)[number] };
}): { repetitions: number; startFrom?: "snapshot" } {
  if (typeof repetitions === "number") return { repetitions };
  return {
    repetitions: repetitions.count,
    ...(repetitions.from === "snapshot" ? { startFrom: repetitions.from } : {}),
  };
}

/** @param metrics that conditions can be put on; times, in ms. */
export const thresholdsArgs = (metrics: readonly string[], example: string) => ({
  thresholds: z
    .array(thresholdArgs(metrics, example))
    .prefault([])
    .meta({
      description: "Conditions on the result; one that fails makes the exit status non-zero.",
      examples: [[example]],
    }),
});

export const faultsArgs = {
  faults: z
    .array(faultArgsSchema)
    .prefault([])
    .meta({
      description: "What goes wrong in each repetition, and when; undone at its end in any case.",
      examples: [[{ kind: "link-down", link: "cloud-endpoint", at: "20 s", duration: "5 s" }]],
    }),
};
