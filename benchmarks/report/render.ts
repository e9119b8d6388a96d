import { readFileSync } from "node:fs";
import { join } from "node:path";
import { writeWhole } from "../../local/writeWhole.ts";
import type { Workload } from "../workload.ts";
import { reportPage } from "./page/page.ts";
import { reportSchema, reportVersion } from "./schema.ts";
import type { Report } from "./schema.ts";

export const reportFile = "report.json";
export const pageFile = "report.html";

/** Names the workload of a results directory's report. @throws Error saying what is wrong with the report. */
export function workloadNameIn(directory: string): string {
  const { file, content } = contentOf(directory);
  const name = content.benchmark?.workload;
  if (typeof name === "string") return name;
  throw new Error(`${file} is damaged: benchmark.workload: it names no workload`);
}

/** Reads a results directory's report.json. @throws Error saying what is wrong with it. */
export function readReport(directory: string, { report }: Pick<Workload, "report">): Report {
  const { file, content } = contentOf(directory);
  const parsed = reportSchema(report).safeParse(content);
  if (parsed.success) return parsed.data;
  const details = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ");
  throw new Error(`${file} is damaged: ${details}`);
}

function contentOf(directory: string) {
  const file = join(directory, reportFile);
  const content = JSON.parse(readFileSync(file, "utf8")) as { schema?: unknown; benchmark?: { workload?: unknown } };
  if (content.schema !== reportVersion) {
    throw new Error(`${file} is "${String(content.schema)}", this Strata reads "${reportVersion}"`);
  }
  return { file, content };
}

/** Writes report.html from a results directory's report and its samples.csv. @returns its path. */
export function renderReport(directory: string, report: Report, workload: Pick<Workload, "report">): string {
  const file = join(directory, pageFile);
  const samples = workload.report.read(join(directory, report.samples.file));
  writeWhole(file, reportPage(report, samples, workload));
  return file;
}
