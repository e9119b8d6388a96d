import type { z } from "zod";
import type { MachineOutputs, TestbedOutputs } from "../components/contract/testbed.ts";
import type { BenchmarkBase } from "../components/experiment/workload.ts";
import type { Collected } from "./collect/collect.ts";
import type { MachineClock } from "./metrics/clock.ts";
import type { Metric, Observation } from "./metrics/observation.ts";
import type { WorkloadReport } from "./report/workloadReport.ts";
import type { Judged } from "./report/schema.ts";
import type { PartLimits } from "./parts/limits.ts";
import type { RunPlan } from "./run/parts.ts";
import type { TimelineData } from "./injection/injectors.ts";
import type { ReadSamples } from "./metrics/rows.ts";

/** Where a part of a workload runs: a machine, or a pod on it. */
export interface Place {
  /** The machine's name, or the pod's. */
  name: string;
  machine: MachineOutputs;
}

/** One process of a workload in one repetition. */
export interface Part {
  /** Names its files (workloads/container/protocol.ts) and, on a machine, its container image. */
  role: string;
  place: Place;
  /** What it reads when it starts, beside `run` and `id`, which the runner adds. */
  config: object;
  /** The repetition is over when all parts that end have; the others serve until they are stopped. */
  ends: boolean;
  /** It waits for the start sign, which all get for the same moment. */
  waitsForGo: boolean;
  /** Lines of samples that it may write: more are not taken from its machine. */
  mostSamples: number;
}

/** What came of one repetition's parts. */
export interface RepetitionSamples<Assignment> {
  /** Counted from 1. */
  repetition: number;
  assignment: Assignment;
  /** In the order of the parts. */
  collected: readonly Collected[];
  /** Of machines and pods, by name. */
  clocks: ReadonlyMap<string, MachineClock>;
  /** When the parts were to begin, in ms since 1970 by the reference clock; absent: it was not reached. */
  beginMs?: number;
  testbed: TestbedOutputs;
  timeline: TimelineData;
}

/** A benchmark with all that it left open found out, and what the report and the log say of that. */
export interface Calibrated<B> {
  benchmark: B;
  calibration: object;
  sentence: string;
}

/**
 * A kind of load and what is measured of it. The runner knows its parts, clocks, schedule and collection; what they do, what
 * their samples mean and how they are told is the workload's own.
 *
 * @template B its benchmarks. @template Assignment who does what. @template Sample what one line of samples.csv holds.
 */
export interface Workload<B = BenchmarkBase, Sample = unknown, Assignment = unknown> {
  /** What is observed, by name; the first is the one that reports put first. */
  readonly metrics: Readonly<Record<string, Metric>>;
  /** What its parts' results hold beside the common fields. They come from guests: bound sizes. */
  readonly resultFields: z.ZodRawShape;
  /**
   * @param pods where the benchmark has a deployment: those that are ready.
   * @throws Error when the testbed has no machine or pod for a part.
   */
  assign(testbed: TestbedOutputs, benchmark: B, pods?: readonly Place[]): Assignment;
  /** All places of an assignment that take part. */
  places(assignment: Assignment): Place[];
  /** Whether `calibrate` has to find something out. Absent: never. */
  isOpen?(benchmark: B): boolean;
  /** Told while it calibrates: "find the rate: what a worker can do". */
  readonly calibrates?: string;
  /** @throws Error or RemoteError naming the machine and what was waited for. */
  calibrate?(plan: RunPlan, assignment: Assignment, benchmark: B): Promise<Calibrated<B>>;
  parts(assignment: Assignment, benchmark: B, limits: PartLimits): Part[];
  /** From the start sign until the parts that end should have ended, in ms, and what of it is not measured. */
  times(benchmark: B): { plannedMs: number; warmupMs: number };
  /** For progress: "starts who asks and who answers". */
  readonly starting: string;
  running(benchmark: B): string;
  /** What was done so far, by the sum of all ending parts' counts (RoleState). */
  news(counts: Readonly<Record<string, number>>): string;
  /** Reads what a part wrote. Never throws. */
  read(role: string, text: string): ReadSamples<unknown>;
  /** Brings the samples of all parts together and judges them. */
  evaluate(data: RepetitionSamples<Assignment>, benchmark: B): { samples: Sample[]; judged: Judged };
  /** All observations of a metric, failed ones as failures. */
  observe(samples: readonly Sample[], metric: string): Observation[];
  readonly report: WorkloadReport<B, Sample>;
}
