import type { Workload } from "../../workload.ts";
import type { Photo } from "./metrics/join.ts";
import { metrics, observe } from "./metrics/latency.ts";
import { rateSentence } from "./report/rateSentence.ts";
import { report } from "./report/report.ts";
import { assign, placesOf, type Assignment } from "./run/assignment.ts";
import { atRate, type RatedBenchmark } from "./run/autoRate.ts";
import { calibrate } from "./run/calibrate.ts";
import { evaluate } from "./run/evaluate.ts";
import { ratedParts } from "./run/parts.ts";
import { reading } from "./run/reading.ts";
import type { ImageBenchmark } from "./spec.ts";

/** Once calibrated, its rate is a number. */
const rated = (benchmark: ImageBenchmark): RatedBenchmark => benchmark as RatedBenchmark;

const timesOf = ({ warmupS, durationS }: ImageBenchmark) => ({
  plannedMs: (warmupS + durationS) * 1000,
  warmupMs: warmupS * 1000,
});

/** Endpoints send photos through a broker to workers, which classify them. */
export const workload = {
  metrics,
  ...reading,
  assign: (testbed, benchmark, pods) => assign(testbed, benchmark, pods),
  places: placesOf,
  isOpen: ({ rateHz }) => rateHz === "auto",
  calibrates: "find the rate: what a worker can do",
  async calibrate(plan, assignment, benchmark) {
    const calibration = await calibrate(plan, assignment, benchmark);
    const found = atRate(benchmark, calibration);
    const sentence = `${rateSentence(calibration)} Measured for ${found.durationS} s after ${found.warmupS} s`;
    return { benchmark: found, calibration, sentence };
  },
  parts: (assignment, benchmark, limits) => ratedParts(assignment, rated(benchmark), limits),
  times: timesOf,
  starting: "starts workers and publishers",
  running: (benchmark) => `sends photos for ${Math.round(timesOf(benchmark).plannedMs / 1000)} s`,
  news: ({ sent = 0, answered = 0 }) => `${sent} photos sent, ${answered} answered`,
  evaluate: (data, benchmark) => evaluate(data, rated(benchmark)),
  observe,
  report,
} satisfies Workload<ImageBenchmark, Photo, Assignment>;
