import { benchmarkSchema } from "../components/experiment/whole/benchmark.ts";
import { readReport, renderReport, workloadNameIn } from "./report/files/render.ts";
import type { Report } from "./report/schema.ts";
import { printTables } from "./report/textTables.ts";
import type { Workload } from "./workload.ts";
import { findWorkload } from "./workloads/find.ts";

export { reportFile } from "./report/files/render.ts";

/** A run's report, with what tells of it. */
export interface WrittenReport {
  report: Report;
  workload: Workload;
}

/** Reads a results directory's report. @throws Error saying what is wrong with it. */
export async function openReport(directory: string): Promise<WrittenReport> {
  const workload = await findWorkload(workloadNameIn(directory));
  return { report: readReport(directory, workload, benchmarkSchema), workload };
}

/** Writes its page anew, from the report and samples.csv. @returns the page's path. */
export const writePage = (directory: string, { report, workload }: WrittenReport): string =>
  renderReport(directory, report, workload);

/** What the command line shows of it. */
export const reportText = ({ report, workload }: WrittenReport): string => printTables(report, workload);
