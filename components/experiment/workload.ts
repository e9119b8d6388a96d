import type { z } from "zod";
import type { FaultSpec } from "./fault.ts";
import type { Rule } from "./rule.ts";
import type { ExperimentDraft } from "./draft.ts";
import type { Threshold } from "./threshold.ts";
import type { TierName } from "./tier.ts";
import type { DeploymentSpec, WorkerPlace } from "./benchmarkFields.ts";

/** What every benchmark has, whatever its workload. */
export interface BenchmarkBase {
  workload: string;
  /** Tier whose machines run the workload's workers, or "kubernetes": pods on the cluster's workers do. */
  worker: WorkerPlace;
  /** How the pods are deployed; there exactly when the worker is "kubernetes". */
  deployment?: DeploymentSpec;
  repetitions: number;
  /** What each repetition starts from; absent: from what the one before has left. */
  startFrom?: "snapshot";
  thresholds: Threshold[];
  /** What goes wrong in each repetition. Absent: nothing. */
  faults?: FaultSpec[];
  /** Seconds that are measured, after the warm-up; absent: the workload ends by itself. */
  durationS?: number;
  /** Seconds of load before the measured ones. */
  warmupS?: number;
  /** Whether Linux shrinks an idle connection's congestion window (RFC 2861); absent: it does. */
  tcpSlowStartAfterIdle?: boolean;
}

/** The same as far as an experiment file says it. */
export interface DraftBase extends Omit<BenchmarkBase, "deployment"> {
  deployment?: Partial<DeploymentSpec>;
}

/** What a machine or a pod does for a workload. */
export interface PartSpec {
  /** The part of the workload whose container it runs. */
  role: string;
  /** Tier whose first machine is the MQTT broker that the part connects to. Absent: it needs none. */
  broker?: TierName;
}

/** A container image of a workload: named as the part that it runs. */
export interface WorkloadContainer {
  /** Its program, in the workload's folder. */
  program: string;
  /** The workload's folder has npm packages, which it needs. */
  packages?: true;
  /** It may run in pods, too. */
  inPods?: true;
  /** What it finds beside its code. */
  data?: "model" | "photos";
}

/**
 * A workload as experiments know it: parameters, rules, what it needs of the machines. What it does in a run is loaded only
 * when one runs.
 *
 * @template B a benchmark with its units resolved, as the plan and the stack's outputs hold it. @template D the same as far as
 * the file says it. @template A as it is written.
 */
export interface WorkloadSpec<B extends BenchmarkBase, D extends DraftBase, A> {
  args: z.ZodType<D, A>;
  /** No transforms here: reading the outputs back gives the same object. */
  benchmark: z.ZodType<B>;
  /** Rules between its parameters and the rest of the experiment. */
  rules(benchmark: D): Rule[];
  /** What the file leaves open follows from the rest; undefined where a rule is broken. */
  complete(benchmark: D, spec: Pick<ExperimentDraft, "tiers" | "software">): B | undefined;
  /** What the machines of a tier do, or the pods; undefined: nothing. It depends on no number of machines. */
  partOn(benchmark: B, place: WorkerPlace): PartSpec | undefined;
  containers: Readonly<Record<string, WorkloadContainer>>;
  /** benchmarks/workload.ts tells what that is. */
  load(): Promise<{ workload: object }>;
}
