import { z } from "zod";
import { testbedSchema } from "../../components/contract/testbed.ts";
import { benchmarkSchema } from "../../components/spec/benchmark.ts";
import { thresholdMetrics } from "../../components/spec/threshold.ts";
import { parts } from "../metrics/breakdown.ts";
import { linkCheckSchema } from "../network/result.ts";
import { timelineSchema } from "../timeline/result.ts";

/** Version of report.json. A reader accepts its own major version only. */
export const reportVersion = "strata/report@1";

const record = <S extends z.ZodType>(schema: S) => z.record(z.string(), schema);

const summarySchema = z.strictObject({
  n: z.int(),
  mean: z.number(),
  sd: z.number(),
  min: z.number(),
  p50: z.number(),
  p90: z.number(),
  p95: z.number(),
  p99: z.number(),
  max: z.number(),
});

const intervalSchema = z.strictObject({ low: z.number(), high: z.number() });

const latencySchema = z.strictObject({
  /** Over all measured photos, in ms. */
  summary: summarySchema,
  /** 95 % bootstrap intervals, over repetitions where there are several. */
  intervals: z.strictObject({
    mean: intervalSchema,
    p50: intervalSchema,
    p90: intervalSchema,
    p95: intervalSchema,
    p99: intervalSchema,
  }),
  /** Largest clock uncertainty among the photos, in ms; absent where one clock measured both ends. */
  clockUncertaintyMs: z.number().optional(),
});

const outcomeSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("completed") }),
  /** The system did not keep up: the latencies are those of a growing queue. */
  z.strictObject({ kind: z.literal("not-sustained"), reasons: z.array(z.string()) }),
  z.strictObject({ kind: z.literal("failed"), reason: z.string() }),
  z.strictObject({ kind: z.literal("interrupted") }),
]);

const clockSchema = z.strictObject({
  /** Machine's clock less the reference before the repetition, in ms. */
  offsetMs: z.number(),
  uncertaintyMs: z.number(),
  driftPpm: z.number(),
  /** How far the machine's clock was set during the repetition, in ms; figures across machines are void unless 0. */
  stepMs: z.number(),
});

const repetitionSchema = z.strictObject({
  repetition: z.int().positive(),
  startedAt: z.iso.datetime(),
  sustained: z.boolean(),
  reasons: z.array(z.string()),
  planned: z.int(),
  sent: z.int(),
  answered: z.int(),
  backlogGrowth: z.number(),
  busyShare: record(z.number()),
  clocks: record(clockSchema),
  /** Machine whose clock the others are compared with; absent: with the host's. */
  clockReference: z.string().optional(),
  /** The host's load average over the last minute, when the repetition began; absent: the machines run on other hosts. */
  hostLoad: z.number().optional(),
  /** Where links had traces or faults. */
  timeline: timelineSchema.optional(),
});

const workerRowSchema = z.strictObject({
  worker_id: z.string(),
  photos: z.int(),
  total_time_s: z.number(),
  delay_avg_ms: z.number(),
  delay_stdev_ms: z.number(),
  delay_clock_ms: z.number(),
  proc_time_ms: z.number(),
});

const endpointRowSchema = z.strictObject({
  endpoint_id: z.string(),
  connected_to: z.string(),
  photos: z.int(),
  total_time_s: z.number(),
  preproc_time_ms: z.number(),
  data_size_avg_kB: z.number(),
  latency_avg_ms: z.number(),
  latency_stdev_ms: z.number(),
});

const provenanceSchema = z.strictObject({
  strata: z.string(),
  /** Commit of the checkout; "+" after it: with changes. Absent outside a git checkout. */
  commit: z.string().optional(),
  /** SHA-256 of the stack output `testbed` in canonical JSON: two reports with the same one measured the same testbed. */
  testbedHash: z.string(),
  image: z.string(),
  accelerator: z.enum(["kvm", "tcg"]),
  /** Where the runner ran; the machines too, unless they run on hosts that ssh reaches. */
  host: z.strictObject({ cpu: z.string(), cores: z.int(), memoryGiB: z.number(), kernel: z.string() }),
  model: z.string().optional(),
  versions: record(z.string()),
});

/** A worker pod; spans in s after its creation, in whole seconds as the cluster's API has them. */
const podSchema = z.strictObject({
  name: z.string(),
  node: z.string().optional(),
  restarts: z.int(),
  createdAt: z.iso.datetime(),
  scheduledS: z.number().optional(),
  initializedS: z.number().optional(),
  startedS: z.number().optional(),
  readyS: z.number().optional(),
  /** How it stood when it was last looked at: "ready", "gone", or the cluster's reason why it does not run. */
  standing: z.string(),
});

const kubernetesSchema = z.strictObject({
  pods: z.array(podSchema),
  nodes: z.array(z.strictObject({ name: z.string(), ready: z.boolean(), problem: z.string().optional() })),
});

/** A part of building the testbed, when it was last done. */
const phaseSchema = z.strictObject({
  /** "boot", "join", or a software role: "kubernetes_control". */
  name: z.string(),
  machine: z.string(),
  startedAt: z.iso.datetime(),
  seconds: z.number(),
});

/** What `rate: auto` measured before the first repetition, and what it chose. */
const calibrationSchema = z.strictObject({
  /** Photos a second of each endpoint. */
  rateHz: z.number().positive(),
  /** What the rate is the share of: a worker's name, a link's, "access of MACHINE", or "publisher". */
  limit: z.string(),
  share: z.number(),
  /** The slowest worker: its mean time of one photo in ms, of how many photos, and how many endpoints it serves. */
  worker: z.string(),
  serviceMs: z.number(),
  photos: z.int(),
  endpoints: z.int(),
  /** Mean size of a photo. */
  photoBytes: z.number(),
});

export const reportSchema = z.strictObject({
  schema: z.literal(reportVersion),
  outcome: outcomeSchema,
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
  testbed: testbedSchema,
  /** As it was run: a rate that was to be found is a number here, unless the run ended before. */
  benchmark: benchmarkSchema,
  /** Where the rate was "auto". */
  calibration: calibrationSchema.optional(),
  network: z.array(linkCheckSchema),
  repetitions: z.array(repetitionSchema),
  latency: z.partialRecord(z.enum(thresholdMetrics), latencySchema),
  /** The publisher's own lateness, in ms. */
  lateness: summarySchema.optional(),
  breakdown: z.array(
    z.strictObject({
      endpoint: z.string(),
      worker: z.string(),
      photos: z.int(),
      meanMs: z.record(z.enum(parts), z.number()),
      clockUncertaintyMs: z.number(),
    }),
  ),
  workers: z.array(workerRowSchema),
  endpoints: z.array(endpointRowSchema),
  accuracy: z.strictObject({
    known: z.int(),
    right: z.int(),
    wrong: z.array(z.strictObject({ photo: z.string(), label: z.string(), accepted: z.array(z.string()) })),
  }),
  thresholds: z.array(
    z.strictObject({
      text: z.string(),
      limitMs: z.number(),
      measuredMs: z.number().optional(),
      met: z.boolean(),
    }),
  ),
  provenance: provenanceSchema,
  /** Where the workers are pods. */
  kubernetes: kubernetesSchema.optional(),
  phases: z.array(phaseSchema).optional(),
  /** What could not be computed or written, a sentence each. */
  problems: z.array(z.string()).optional(),
  /** Rows of samples.csv, warm-up included. */
  samples: z.strictObject({ file: z.literal("samples.csv"), photos: z.int(), answered: z.int(), warmup: z.int() }),
});

export type Report = z.infer<typeof reportSchema>;
export type Calibration = z.infer<typeof calibrationSchema>;
export type Outcome = Report["outcome"];
export type RepetitionReport = Report["repetitions"][number];
export type LatencyReport = z.infer<typeof latencySchema>;
export type Provenance = Report["provenance"];
export type KubernetesReport = z.infer<typeof kubernetesSchema>;
export type PodReport = z.infer<typeof podSchema>;
export type PhaseReport = z.infer<typeof phaseSchema>;
export type ClockReport = z.infer<typeof clockSchema>;
