import { z } from "zod";
import {
  deploymentArgs,
  deploymentDraft,
  repetitionArgs,
  repetitionDraft,
  resolvedFields,
  thresholdsArgs,
  workerPlaces,
} from "../../../components/experiment/benchmarkFields.ts";
import type { DeploymentSpec } from "../../../components/experiment/benchmarkFields.ts";
import { placed } from "../../../components/kinds/kubernetes/deployment.ts";
import { quantity } from "../../../components/experiment/quantity.ts";
import type { WorkloadSpec } from "../../../components/experiment/workload.ts";

/** Times of one process, in ms. */
export const processMetrics = ["launch", "run"] as const;

const benchmarkSchema = z.strictObject({
  workload: z.literal("empty"),
  worker: z.enum(workerPlaces),
  deployment: resolvedFields.deployment,
  /** How long each process sleeps. */
  sleepS: z.number().nonnegative(),
  repetitions: resolvedFields.repetitions,
  startFrom: resolvedFields.startFrom,
  thresholds: resolvedFields.thresholds,
});

export type EmptyBenchmark = z.infer<typeof benchmarkSchema>;
type EmptyDraft = Omit<EmptyBenchmark, "deployment"> & { deployment?: Partial<DeploymentSpec> };

const argsSchema = z
  .strictObject({
    workload: z.literal("empty").meta({
      description: "A process on each worker that starts, notes its time, sleeps and ends: what starting one costs.",
    }),
    worker: z
      .enum(workerPlaces)
      .prefault("cloud")
      .meta({
        description:
          "Tier whose machines run it, each in a container; kubernetes, or a tier of the cluster's workers: pods.",
        examples: ["cloud", "endpoint", "kubernetes"],
      }),
    ...deploymentArgs,
    sleep: quantity("duration", { description: "How long each process sleeps.", examples: ["1 s"] }).prefault("1 s"),
    ...repetitionArgs,
    ...thresholdsArgs(processMetrics, "p95 launch < 2 s"),
  })
  .transform(({ workload, worker, sleep, repetitions, thresholds, ...rest }): EmptyDraft => ({
    workload,
    worker,
    deployment: deploymentDraft(rest),
    sleepS: sleep,
    ...repetitionDraft({ repetitions }),
    thresholds,
  }));

/** Nothing is done: what is left is the cost of starting a process where it runs. */
export const empty: WorkloadSpec<EmptyBenchmark, EmptyDraft, z.input<typeof argsSchema>> = {
  args: argsSchema,
  benchmark: benchmarkSchema,
  rules: () => [],
  complete: ({ deployment, ...draft }, spec) => ({ ...draft, ...placed({ worker: draft.worker, deployment }, spec) }),
  partOn: ({ worker }, place) => (worker === place ? { role: "empty" } : undefined),
  containers: { empty: { program: "container/main.ts", inPods: true } },
  load: () => import("./workload.ts"),
};
