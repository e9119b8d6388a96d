import type { TestbedOutputs } from "../../components/contract/testbed.ts";
import type { BenchmarkBase } from "../../components/experiment/workload.ts";
import { messageOf } from "../../providers/kit/plain/errors.ts";
import { checkThresholds } from "../metrics/thresholds.ts";
import type { LinkCheck } from "../network/result.ts";
import type { PartResult } from "../parts/partFiles.ts";
import type { Workload } from "../workload.ts";
import { spreads, type OtherRun } from "./spread.ts";
import { reportVersion } from "./schema.ts";
import type { KubernetesReport, Outcome, PhaseReport, Provenance, RepetitionReport, Report } from "./schema.ts";

export interface Measurements {
  testbed: TestbedOutputs;
  benchmark: BenchmarkBase;
  /** Where something was found out before the first repetition. */
  calibration?: Report["calibration"];
  startedAt: string;
  endedAt: string;
  network: LinkCheck[];
  repetitions: RepetitionReport[];
  /** Of all repetitions, warm-up included; the workload's. */
  samples: readonly unknown[];
  /** Of all parts of all repetitions. */
  results: readonly PartResult[];
  provenance: Provenance;
  /** Of a run whose repetitions started in another way. */
  otherRun?: OtherRun;
  /** How the run ended, where it did not come to its end. */
  ended?: Extract<Outcome, { kind: "failed" | "interrupted" }>;
  kubernetes?: KubernetesReport;
  /** Empty or absent: nothing was noted. */
  phases?: PhaseReport[];
  /** What is missing already, a sentence each. */
  problems?: string[];
}

/**
 * All figures of a report. Pure: the same measurements give the same report. A figure that can't be computed is left out
 * and named in `problems`; it takes no other one with it.
 */
export function computeReport(
  measurements: Measurements,
  workload: Pick<Workload, "metrics" | "observe" | "report">,
): Report {
  const { samples, results, repetitions, ...facts } = measurements;
  const problems = [...(measurements.problems ?? [])];
  const part = <T>(what: string, compute: () => T, otherwise: T): T => {
    try {
      return compute();
    } catch (error) {
      problems.push(`${what} could not be computed: ${messageOf(error)}`);
      return otherwise;
    }
  };
  const figures = workload.report.compute({ samples, results, part });
  const observe = (metric: string) => workload.observe(samples, metric);
  const spread = part("the spread of repetitions", () => spreads(workload, samples, facts.otherRun), undefined);
  const thresholds = part("thresholds", () => checkThresholds(observe, facts.benchmark.thresholds), []);
  return {
    schema: reportVersion,
    outcome: outcomeOf(measurements, problems),
    startedAt: facts.startedAt,
    endedAt: facts.endedAt,
    testbed: facts.testbed,
    benchmark: facts.benchmark,
    ...(facts.calibration === undefined ? {} : { calibration: facts.calibration }),
    network: facts.network,
    repetitions,
    ...(spread === undefined ? {} : { spread }),
    ...figures,
    thresholds,
    provenance: facts.provenance,
    ...(facts.kubernetes === undefined ? {} : { kubernetes: facts.kubernetes }),
    ...((facts.phases ?? []).length === 0 ? {} : { phases: facts.phases }),
    ...(problems.length === 0 ? {} : { problems }),
    samples: { file: "samples.csv", ...workload.report.count(samples) },
  };
}

function outcomeOf({ ended, repetitions }: Measurements, problems: readonly string[]): Outcome {
  if (ended) return ended;
  if (problems.length > 0) return { kind: "failed", reason: problems.join("; ") };
  const reasons = repetitions.flatMap(({ repetition, sustained, reasons: own }) =>
    sustained ? [] : own.map((reason) => (repetitions.length > 1 ? `repetition ${repetition}: ${reason}` : reason)),
  );
  const kept = repetitions.every(({ sustained }) => sustained);
  return kept ? { kind: "completed" } : { kind: "not-sustained", reasons };
}
