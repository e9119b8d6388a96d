import type { Report } from "../report/schema.ts";

/** How a benchmark ended. `directory` holds report.json, report.html, samples.csv and the raw samples in any case. */
export type BenchmarkResult =
  | { outcome: "completed"; thresholdsMet: boolean; offLinks: string[]; report: Report; directory: string }
  /** The system did not keep up with the load; its latencies are those of a growing queue. */
  | { outcome: "not-sustained"; reasons: string[]; report: Report; directory: string }
  | { outcome: "failed"; reason: string; samplesKept: number; report: Report; directory: string }
  | { outcome: "interrupted"; samplesKept: number; report: Report; directory: string };

/**
 * Exit status: 0 completed, 1 failed, 3 not sustained, 4 completed with a threshold not met, 5 completed on links that
 * are not what was asked for, 130 interrupted (as a shell).
 */
export function exitStatus(result: BenchmarkResult): number {
  switch (result.outcome) {
    case "completed":
      if (!result.thresholdsMet) return 4;
      return result.offLinks.length === 0 ? 0 : 5;
    case "not-sustained":
      return 3;
    case "failed":
      return 1;
    case "interrupted":
      return 130;
  }
}
