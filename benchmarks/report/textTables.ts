import type { Workload } from "../workload.ts";
import { podCells, podHeader } from "./clusterTables.ts";
import { figure } from "./format.ts";
import { networkCells, networkHeader } from "./networkTable.ts";
import type { Report } from "./schema.ts";
import { spreadCells, spreadHeader } from "./spread.ts";
import { textTable } from "./textTable.ts";
import { faultCells, faultHeader } from "./timelineTables.ts";

export { textTable };

type Told = Pick<Workload, "metrics" | "report">;

/** One sentence on how the run ended. */
export function outcomeSentence(report: Report, { report: told }: Told): string {
  const { outcome } = report;
  const counts = told.done(report);
  switch (outcome.kind) {
    case "completed":
      return `Completed: ${counts}, ${told.sustained}.`;
    case "not-sustained":
      return `Not sustained, so the figures below are no latencies of this system: ${outcome.reasons.join("; ")}.`;
    case "failed":
      return `Failed: ${outcome.reason}. The samples are kept (${counts}).`;
    case "interrupted":
      return `Interrupted. The samples are kept (${counts}).`;
  }
}

/** What the command line shows after a run: the workload's figures, links, faults, pods, thresholds and the outcome. */
export function printTables(report: Report, workload: Told): string {
  const { calibration, kubernetes, spread } = report;
  const { before, after } = workload.report.tables(report);
  const blocks = [
    ...before,
    report.network.length > 0 ? textTable(networkHeader, networkCells(report.network)) : "",
    faultCells(report).length > 0 ? textTable(faultHeader, faultCells(report)) : "",
    spread?.other === undefined && report.benchmark.startFrom === undefined
      ? ""
      : textTable(["", ...spreadHeader(report)], spreadCells(report, workload.metrics)),
    kubernetes ? textTable(podHeader, podCells(kubernetes.pods)) : "",
    ...after,
    report.thresholds.map(thresholdLine).join(""),
    calibration ? `${workload.report.calibrated?.(calibration) ?? ""}\n` : "",
    `${outcomeSentence(report, workload)}\n`,
  ];
  return blocks.filter((block) => block !== "").join("\n");
}

export function thresholdLine({ text, met, measuredMs }: Report["thresholds"][number]): string {
  const measured = measuredMs === undefined ? "nothing was measured" : `${figure(measuredMs)} ms`;
  return `${met ? "✓" : "✗"} ${text}: ${measured}\n`;
}
