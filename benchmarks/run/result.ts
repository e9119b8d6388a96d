import type { Report } from "../report/schema.ts";
import type { Workload } from "../workload.ts";

/** The report as it was written, the folder with it, and what tells of it. */
interface Kept {
  report: Report;
  directory: string;
  workload: Workload;
}

/** How a benchmark ended. `directory` holds report.json, report.html, samples.csv and the raw samples in any case. */
export type BenchmarkResult = Kept &
  (
    | { outcome: "completed"; thresholdsMet: boolean; offLinks: string[] }
    /** The system did not keep up with the load; its latencies are those of a growing queue. */
    | { outcome: "not-sustained"; reasons: string[] }
    | { outcome: "failed"; reason: string }
    | { outcome: "interrupted" }
  );

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
