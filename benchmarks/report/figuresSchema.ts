import { z } from "zod";

/** Statistics of values in one unit (metrics/statistics.ts). */
export const summarySchema = z.strictObject({
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

/** 95 % bootstrap intervals, over repetitions where there are several (metrics/figures.ts). */
export const intervalsSchema = z.strictObject({
  mean: intervalSchema,
  p50: intervalSchema,
  p90: intervalSchema,
  p95: intervalSchema,
  p99: intervalSchema,
});
