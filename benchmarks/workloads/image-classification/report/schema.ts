import { z } from "zod";
import { intervalsSchema, summarySchema } from "../../../report/figuresSchema.ts";
import type { Report, RepetitionReport } from "../../../report/schema.ts";
import { parts } from "../metrics/breakdown.ts";
import { latencyMetrics } from "../metrics/names.ts";
import type { ImageBenchmark } from "../spec.ts";

const latencySchema = z.strictObject({
  /** Over all measured photos, in ms. */
  summary: summarySchema,
  /** 95 % bootstrap intervals, over repetitions where there are several. */
  intervals: intervalsSchema,
  /** Largest clock uncertainty among the photos, in ms; absent where one clock measured both ends. */
  clockUncertaintyMs: z.number().optional(),
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

export const figures = {
  latency: z.partialRecord(z.enum(latencyMetrics), latencySchema),
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
};

export const judged = {
  planned: z.int(),
  sent: z.int(),
  answered: z.int(),
  backlogGrowth: z.number(),
  busyShare: z.record(z.string(), z.number()),
};

/** Photos, warm-up included. */
export const counts = { photos: z.int(), answered: z.int(), warmup: z.int() };

/** What `rate: auto` measured before the first repetition, and what it chose. */
export const calibration = z.strictObject({
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

type Fields<Shape extends z.ZodRawShape> = z.infer<z.ZodObject<Shape>>;

export type Calibration = z.infer<typeof calibration>;
export type LatencyReport = z.infer<typeof latencySchema>;
export type Figures = Fields<typeof figures>;
export type ImageRepetition = RepetitionReport & Fields<typeof judged>;

/** A report of this workload. */
export type ImageReport = Omit<Report, "benchmark" | "calibration" | "repetitions" | "samples"> &
  Figures & {
    benchmark: ImageBenchmark;
    calibration?: Calibration;
    repetitions: ImageRepetition[];
    samples: Report["samples"] & Fields<typeof counts>;
  };
