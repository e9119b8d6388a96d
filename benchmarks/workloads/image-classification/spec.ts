import { z } from "zod";
import {
  deploymentArgs,
  deploymentDraft,
  durationArgs,
  faultsArgs,
  repetitionArgs,
  repetitionDraft,
  resolvedFields,
  thresholdsArgs,
} from "../../../components/experiment/benchmarkFields.ts";
import { placed } from "../../../components/kinds/kubernetes/deployment.ts";
import { quantity } from "../../../components/experiment/quantity.ts";
import { brokerTiers } from "../../../components/kinds/mqtt/brokers.ts";
import { tierNames } from "../../../components/experiment/tier.ts";
import type { DeploymentSpec } from "../../../components/experiment/benchmarkFields.ts";
import type { WorkloadSpec } from "../../../components/experiment/workload.ts";
import { latencyMetrics } from "./metrics/names.ts";
import { imageRules } from "./rules.ts";

const places = ["cloud", "edge", "kubernetes"] as const;

const benchmarkSchema = z.strictObject({
  workload: z.literal("image-classification"),
  /** Tier whose machines classify, or "kubernetes": pods on the cluster's workers do. */
  worker: z.enum(places),
  deployment: resolvedFields.deployment,
  /** Tier whose first machine is the broker. */
  broker: z.enum(tierNames),
  /** Photos a second that each endpoint sends; "auto": what the workers can carry, found by each run (run/autoRate.ts). */
  rateHz: z.union([z.number().positive(), z.literal("auto")]),
  durationS: resolvedFields.durationS,
  warmupS: resolvedFields.warmupS,
  repetitions: resolvedFields.repetitions,
  startFrom: resolvedFields.startFrom,
  /** Whether Linux shrinks an idle connection's congestion window (RFC 2861, on by default). */
  tcpSlowStartAfterIdle: z.boolean(),
  thresholds: resolvedFields.thresholds,
  faults: resolvedFields.faults,
});

export type ImageBenchmark = z.infer<typeof benchmarkSchema>;

/** As far as the file says it. */
export type ImageDraft = Omit<ImageBenchmark, "broker" | "deployment"> &
  Partial<Pick<ImageBenchmark, "broker"> & { deployment: Partial<DeploymentSpec> }>;

/** Stands for "auto" between reading and resolving; no rate is as low. */
const automatic = 0;

/** Continuum names no default rate and measures 300 s once. */
const argsSchema = z
  .strictObject({
    workload: z.literal("image-classification").meta({
      description: "Endpoints send JPEG photos through the MQTT broker to workers, which send the label back.",
    }),
    worker: z
      .enum(places)
      .prefault("cloud")
      .meta({
        description:
          "Tier whose machines classify the photos; kubernetes, or a tier of the cluster's workers: pods on them do.",
        examples: ["cloud", "edge"],
      }),
    ...deploymentArgs,
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
    ...durationArgs,
    ...repetitionArgs,
    tcpSlowStartAfterIdle: z
      .boolean()
      .prefault(true)
      .meta({
        description:
          "Linux shrinks the congestion window of a connection that was idle, which at 1 Hz nearly doubles a photo's upload time on a 45 ms link. false switches that off.",
        examples: [false],
      }),
    ...thresholdsArgs(latencyMetrics, "p95 end_to_end < 300 ms"),
    ...faultsArgs,
  })
  .transform(({ workload, worker, broker, rate, duration, warmup, repetitions, ...rest }): ImageDraft => ({
    workload,
    worker,
    deployment: deploymentDraft(rest),
    ...(broker === undefined ? {} : { broker }),
    rateHz: rate === automatic ? "auto" : rate,
    durationS: duration,
    warmupS: warmup,
    ...repetitionDraft({ repetitions }),
    tcpSlowStartAfterIdle: rest.tcpSlowStartAfterIdle,
    thresholds: rest.thresholds,
    ...(rest.faults.length === 0 ? {} : { faults: rest.faults }),
  }));

/** Endpoints send photos through a broker to workers, which classify them. */
export const imageClassification: WorkloadSpec<ImageBenchmark, ImageDraft, z.input<typeof argsSchema>> = {
  args: argsSchema,
  benchmark: benchmarkSchema,
  rules: imageRules,
  /**
   * The broker, where the file leaves it open, is the first one of the software; a worker's tier whose machines are a
   * cluster's workers stands for the cluster.
   */
  complete({ deployment, ...draft }, spec) {
    const broker = draft.broker ?? brokerTiers(spec.software)[0];
    if (broker === undefined) return undefined;
    return { ...draft, broker, ...placed({ worker: draft.worker, deployment }, spec) };
  },
  partOn({ worker, broker }, place) {
    if (place === worker) return { role: "worker", broker };
    return place === "endpoint" ? { role: "publisher", broker } : undefined;
  },
  containers: {
    worker: { program: "container/worker/main.ts", inPods: true, packages: true, data: "model" },
    publisher: { program: "container/publisher/main.ts", packages: true, data: "photos" },
  },
  load: () => import("./workload.ts"),
};
