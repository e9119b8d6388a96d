import { toReferenceTime } from "../../metrics/clock.ts";
import type { Metric } from "../../metrics/observation.ts";
import { number, readRows } from "../../metrics/rows.ts";
import type { Observed } from "../../report/observations/figures.ts";
import { observationReport } from "../../report/observations/report.ts";
import { everywhere } from "../../run/everywhere.ts";
import type { Place, RepetitionSamples, Workload } from "../../workload.ts";
import type { StressBenchmark } from "./spec.ts";

interface Sample {
  atMs: number;
  spanMs: number;
  bytes: number;
  warmup: boolean;
}

const metrics: Readonly<Record<"throughput", Metric>> = {
  throughput: {
    title: "Throughput",
    meaning: "10^6 bytes that all threads of a worker hashed (SHA-256) in a second",
    colour: "#2f9e6e",
    unit: "MB/s",
  },
};

/** Of the time that was to be measured, this share may lack before a repetition counts as not kept up with. */
const mostMissing = 0.1;

/** Load on processor and memory of each worker. */
export const workload = {
  metrics,
  resultFields: {},
  assign: (testbed, benchmark, pods) => everywhere(testbed, benchmark, pods),
  places: (places) => places,
  parts: (places, { cores, memoryMiB, warmupS, durationS }, { goMs }) =>
    places.map((place) => ({
      ...{ role: "stress", place, ends: true, waitsForGo: true, mostSamples: 2 * (warmupS + durationS) + 10 },
      config: {
        ...{ cores, memoryMiB, warmupMs: warmupS * 1000, durationMs: durationS * 1000 },
        goLimitMs: goMs,
      },
    })),
  times: ({ warmupS, durationS }) => ({ plannedMs: (warmupS + durationS) * 1000, warmupMs: warmupS * 1000 }),
  starting: "fills the workers' memory",
  running: ({ warmupS, durationS }) => `loads them for ${warmupS + durationS} s`,
  news: ({ seconds = 0 }) => `${seconds} s of load, of all workers together`,
  read: (_role, text) =>
    readRows(text, (row): Sample => ({
      atMs: number(row, "atMs"),
      spanMs: number(row, "spanMs"),
      bytes: number(row, "bytes"),
      warmup: row.warmup === "1",
    })),
  evaluate,
  observe: (samples, metric) => samples.filter((one) => one.metric === metric),
  report: observationReport<StressBenchmark>({
    metrics,
    part: "stress",
    load: ({ cores, memoryMiB, durationS, warmupS }) =>
      `${cores} busy threads in ${memoryMiB} MiB on each worker, ${durationS} s after ${warmupS} s of warm-up`,
    sustained: "every worker was loaded to the end",
  }),
} satisfies Workload<StressBenchmark, Observed, Place[]>;

function evaluate(
  { repetition, collected, clocks, beginMs = 0 }: RepetitionSamples<Place[]>,
  { durationS, warmupS }: StressBenchmark,
) {
  const reasons: string[] = [];
  const samples = collected.flatMap(({ name, samples: all }): Observed[] => {
    const own = all as Sample[];
    const clock = clocks.get(name);
    const common = { repetition, source: name, metric: "throughput" };
    const loadedMs = own.filter(({ warmup }) => !warmup).reduce((sum, { spanMs }) => sum + spanMs, 0);
    const missingS = durationS - loadedMs / 1000;
    const observed =
      clock === undefined
        ? []
        : own.map(({ atMs, spanMs, bytes, warmup }): Observed => ({
            ...common,
            atMs: toReferenceTime(clock, atMs).referenceMs,
            warmup,
            value: bytes / 1e3 / spanMs,
          }));
    if (missingS <= mostMissing * durationS) return observed;
    const failure = `${missingS.toFixed(0)} of ${durationS} s were not measured`;
    reasons.push(`${name}: ${failure}`);
    return [...observed, { ...common, atMs: beginMs + (warmupS + durationS) * 1000, warmup: false, failure }];
  });
  return { samples, judged: { sustained: reasons.length === 0, reasons } };
}
