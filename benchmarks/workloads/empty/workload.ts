import { toReferenceTime } from "../../metrics/clock.ts";
import type { Metric } from "../../metrics/observation.ts";
import { number, readRows } from "../../metrics/rows.ts";
import type { Observed } from "../../report/observations/figures.ts";
import { observationReport } from "../../report/observations/report.ts";
import { everywhere } from "../../run/everywhere.ts";
import type { Place, RepetitionSamples, Workload } from "../../workload.ts";
import { processMetrics, type EmptyBenchmark } from "./spec.ts";

interface Sample {
  startedMs: number;
  begunMs: number;
  endedMs: number;
}

const metrics: Readonly<Record<(typeof processMetrics)[number], Metric>> = {
  launch: {
    title: "Launch",
    meaning: "start of the container, or of the process in a pod that waits → the program's first note",
    colour: "#2f6fde",
    unit: "ms",
  },
  run: { title: "Run", meaning: "the program's first note → the end of its sleep", colour: "#2f9e6e", unit: "ms" },
};

/** A process on each worker that starts, notes its time, sleeps and ends. */
export const workload = {
  metrics,
  resultFields: {},
  assign: (testbed, benchmark, pods) => everywhere(testbed, benchmark, pods),
  places: (places) => places,
  parts: (places, { sleepS }) =>
    places.map((place) => ({
      ...{ role: "empty", place, config: { sleepMs: sleepS * 1000 } },
      ...{ ends: true, waitsForGo: false, mostSamples: 1 },
    })),
  times: ({ sleepS }) => ({ plannedMs: sleepS * 1000, warmupMs: 0 }),
  starting: "starts the processes",
  running: ({ sleepS }) => `waits until they have slept for ${sleepS} s`,
  news: () => "they sleep",
  read: (_role, text) =>
    readRows(text, (row): Sample => ({
      startedMs: number(row, "startedMs"),
      begunMs: number(row, "begunMs"),
      endedMs: number(row, "endedMs"),
    })),
  evaluate,
  observe: (samples, metric) => samples.filter((one) => one.metric === metric),
  report: observationReport<EmptyBenchmark>({
    metrics,
    part: "empty",
    load: ({ sleepS }) => `a process on each worker, which sleeps for ${sleepS} s`,
    sustained: "every process came to its end",
  }),
} satisfies Workload<EmptyBenchmark, Observed, Place[]>;

function evaluate({ repetition, collected, clocks, beginMs = 0 }: RepetitionSamples<Place[]>) {
  const samples = collected.flatMap(({ name, samples: [first] }): Observed[] => {
    const common = { repetition, source: name, warmup: false };
    const clock = clocks.get(name);
    if (first === undefined || clock === undefined) {
      const failure = "its process did not come to its end";
      return processMetrics.map((metric) => ({ metric, ...common, atMs: beginMs, failure }));
    }
    const { startedMs, begunMs, endedMs } = first as Sample;
    const atMs = toReferenceTime(clock, begunMs).referenceMs;
    return [
      { metric: "launch", ...common, atMs, value: begunMs - startedMs },
      { metric: "run", ...common, atMs, value: endedMs - begunMs },
    ];
  });
  const failed = [...new Set(samples.filter(({ value }) => value === undefined).map(({ source }) => source))];
  const reasons = failed.map((source) => `${source}: its process did not come to its end`);
  return { samples, judged: { sustained: reasons.length === 0, reasons } };
}
