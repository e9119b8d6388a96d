import { z } from "zod";
import {
  deploymentArgs,
  deploymentDraft,
  durationArgs,
  repetitionArgs,
  repetitionDraft,
  resolvedFields,
  workerPlaces,
} from "../../../components/experiment/benchmarkFields.ts";
import type { DeploymentSpec } from "../../../components/experiment/benchmarkFields.ts";
import { placed } from "../../../components/kinds/kubernetes/deployment.ts";
import { quantity } from "../../../components/experiment/quantity.ts";
import type { WorkloadSpec } from "../../../components/experiment/workload.ts";
import { stressRules } from "./rules.ts";

const benchmarkSchema = z.strictObject({
  workload: z.literal("stress"),
  worker: z.enum(workerPlaces),
  deployment: resolvedFields.deployment,
  /** Busy threads on each worker. */
  cores: z.int().positive(),
  /** Memory that they go through, shared among them. */
  memoryMiB: z.number().positive(),
  durationS: resolvedFields.durationS,
  warmupS: resolvedFields.warmupS,
  repetitions: resolvedFields.repetitions,
  startFrom: resolvedFields.startFrom,
  thresholds: resolvedFields.thresholds,
});

export type StressBenchmark = z.infer<typeof benchmarkSchema>;
export type StressDraft = Omit<StressBenchmark, "deployment"> & { deployment?: Partial<DeploymentSpec> };

const argsSchema = z
  .strictObject({
    workload: z.literal("stress").meta({
      description: "Load on processor and memory of each worker: threads that hash what is in memory, again and again.",
    }),
    worker: z
      .enum(workerPlaces)
      .prefault("cloud")
      .meta({
        description: "Tier whose machines are loaded; kubernetes, or a tier of the cluster's workers: pods on them.",
        examples: ["cloud", "edge", "kubernetes"],
      }),
    ...deploymentArgs,
    cores: z
      .int()
      .min(1)
      .max(256)
      .prefault(1)
      .meta({ description: "Busy threads on each worker.", examples: [2] }),
    memory: quantity("memory", {
      description: "Memory that the threads of a worker go through together.",
      examples: ["64 MiB"],
    }).prefault("64 MiB"),
    ...durationArgs,
    ...repetitionArgs,
  })
  .transform(({ workload, worker, cores, memory, duration, warmup, repetitions, ...rest }): StressDraft => ({
    workload,
    worker,
    deployment: deploymentDraft(rest),
    cores,
    memoryMiB: memory,
    durationS: duration,
    warmupS: warmup,
    ...repetitionDraft({ repetitions }),
    thresholds: [],
  }));

/** Load on processor and memory, with its throughput by the second. */
export const stress: WorkloadSpec<StressBenchmark, StressDraft, z.input<typeof argsSchema>> = {
  args: argsSchema,
  benchmark: benchmarkSchema,
  rules: stressRules,
  complete: ({ deployment, ...draft }, spec) => ({ ...draft, ...placed({ worker: draft.worker, deployment }, spec) }),
  partOn: ({ worker }, place) => (worker === place ? { role: "stress" } : undefined),
  containers: { stress: { program: "container/main.ts", inPods: true } },
  load: () => import("./workload.ts"),
};
