import { join } from "node:path";
import { writeWhole } from "../../../local/writeWhole.ts";
import { computeReport } from "../compute.ts";
import type { Measurements } from "../compute.ts";
import { reportPage } from "../page/page.ts";
import { pageFile, reportFile } from "./render.ts";
import type { Workload } from "../../workload.ts";
import type { Report } from "../schema.ts";
import { notWritten, writeBlocks } from "../../collect/write.ts";

/**
 * Judges a run and writes what it gave: samples.csv before anything is computed from it, the page, and report.json last
 * and whole, so that a folder with a report.json is complete. Never throws: what can't be written, on a full disk for
 * example, makes the run failed and is named, and everything else is written.
 */
export function saveReport(
  directory: string,
  measurements: Measurements,
  workload: Pick<Workload, "metrics" | "observe" | "report">,
): Report {
  const problems: string[] = [];
  const attempt = (name: string, write: (file: string) => void): void => {
    const file = join(directory, name);
    try {
      write(file);
    } catch (error) {
      problems.push(notWritten(file, error));
    }
  };
  const { samples } = measurements;
  attempt("samples.csv", (file) => {
    writeBlocks(file, workload.report.write(samples));
  });
  const judged = computeReport({ ...measurements, problems }, workload);
  const before = problems.length;
  const report = (): Report => {
    const all = [...(judged.problems ?? []), ...problems.slice(before)];
    if (all.length === 0) return judged;
    return { ...judged, problems: all, outcome: measurements.ended ?? { kind: "failed", reason: all.join("; ") } };
  };
  attempt(pageFile, (file) => {
    writeWhole(file, reportPage(judged, samples, workload));
  });
  attempt(reportFile, (file) => {
    writeWhole(file, `${JSON.stringify(report(), null, 2)}\n`);
  });
  return report();
}
