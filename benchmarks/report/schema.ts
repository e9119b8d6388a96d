import { z } from "zod";
import { testbedSchema } from "../../components/contract/testbed.ts";
import type { BenchmarkBase } from "../../components/experiment/workload.ts";
import { linkCheckSchema } from "../network/result.ts";
import { timelineSchema } from "../injection/result.ts";
import { spreadsSchema } from "./spread.ts";

/** Version of report.json. A reader accepts its own major version only. */
export const reportVersion = "strata/report@1";

const record = <S extends z.ZodType>(schema: S) => z.record(z.string(), schema);

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

/** What a repetition's report says of the load, with what the workload adds. */
const judgedFields = { sustained: z.boolean(), reasons: z.array(z.string()) };

const repetitionFields = {
  /** Of machines, by name. */
  clocks: record(clockSchema),
  /** Machine whose clock the others are compared with; absent: with the host's. */
  clockReference: z.string().optional(),
  /** The host's load average over the last minute, when the repetition began; absent: the machines run on other hosts. */
  hostLoad: z.number().optional(),
  /** Where links had traces or faults. */
  timeline: timelineSchema.optional(),
};

/** @param judged what the workload adds. */
const repetitionSchema = (judged: z.ZodRawShape) =>
  z.strictObject({
    repetition: z.int().positive(),
    startedAt: z.iso.datetime(),
    ...judgedFields,
    ...judged,
    ...repetitionFields,
  });

const provenanceSchema = z.strictObject({
  strata: z.string(),
  /** Commit of the checkout; "+" after it: with changes. Absent outside a git checkout. */
  commit: z.string().optional(),
  /** SHA-256 of the stack output `testbed` in canonical JSON: two reports with the same one measured the same testbed. */
  testbedHash: z.string(),
  image: z.string(),
  /** Absent: the infrastructure does not tell. */
  accelerator: z.enum(["kvm", "tcg"]).optional(),
  /** Where the runner ran; the machines too, unless ssh alone reaches them. */
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

const commonSchema = (benchmark: z.ZodType<BenchmarkBase>) =>
  z.strictObject({
    schema: z.literal(reportVersion),
    outcome: outcomeSchema,
    startedAt: z.iso.datetime(),
    endedAt: z.iso.datetime(),
    testbed: testbedSchema(benchmark),
    /** As it was run: what was to be found out is a number here, unless the run ended before. */
    benchmark,
    /** Where something was to be found out before. */
    calibration: z.looseObject({}).optional(),
    network: z.array(linkCheckSchema),
    repetitions: z.array(repetitionSchema({})),
    /** Where several repetitions have values. */
    spread: spreadsSchema.optional(),
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
    /** Rows of samples.csv. */
    samples: z.object({ file: z.literal("samples.csv") }),
  });

/** What the reports of all workloads have. */
export type Report = z.infer<ReturnType<typeof commonSchema>>;

/** What a workload's reports have beside that. */
export interface ReportFields {
  /** Keys that figures are under. */
  figures: z.ZodRawShape;
  judged: z.ZodRawShape;
  counts: z.ZodRawShape;
  calibration?: z.ZodType<object>;
}

/**
 * The whole schema of a workload's reports; its keys come in the order of this.
 * @param benchmarks the schema of the benchmarks that there are.
 */
export function reportSchema(
  { figures, judged, counts, calibration }: ReportFields,
  benchmarks: z.ZodType<BenchmarkBase>,
): z.ZodType<Report> {
  const { shape } = commonSchema(benchmarks);
  const { network, spread, thresholds, provenance, kubernetes, phases, problems, samples } = shape;
  const { schema, outcome, startedAt, endedAt, testbed, benchmark } = shape;
  return z.strictObject({
    ...{ schema, outcome, startedAt, endedAt, testbed, benchmark },
    ...(calibration === undefined ? {} : { calibration: calibration.optional() }),
    network,
    repetitions: z.array(repetitionSchema(judged)),
    spread,
    ...figures,
    thresholds,
    provenance,
    kubernetes,
    phases,
    problems,
    samples: z.strictObject({ ...samples.shape, ...counts }),
  }) as unknown as z.ZodType<Report>;
}

export type Outcome = Report["outcome"];
export type RepetitionReport = Report["repetitions"][number];
/** Beside the fields that a workload adds. */
export type Judged = Pick<RepetitionReport, "sustained" | "reasons">;
export type Provenance = Report["provenance"];
export type KubernetesReport = z.infer<typeof kubernetesSchema>;
export type PodReport = z.infer<typeof podSchema>;
export type PhaseReport = z.infer<typeof phaseSchema>;
export type ClockReport = z.infer<typeof clockSchema>;
