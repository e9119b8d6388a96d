import { openReport } from "../../../benchmarks/report.ts";
import type { ObservationReport } from "../../../benchmarks/report/observations/report.ts";
import { lastResults } from "./lastReport.ts";
import type { Sandbox } from "../strata.ts";

/** The last report of a testbed, of a workload that has observations alone to tell. */
export async function lastObservations(sandbox: Sandbox, stack: string): Promise<ObservationReport> {
  const { report } = await openReport(lastResults(sandbox, stack));
  return report as unknown as ObservationReport;
}
