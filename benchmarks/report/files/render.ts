import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { z } from "zod";
import type { BenchmarkBase } from "../../../components/experiment/workload.ts";
import { writeWhole } from "../../../local/writeWhole.ts";
import { messageOf } from "../../../providers/kit/plain/errors.ts";
import type { Workload } from "../../workload.ts";
import { reportPage } from "../page/page.ts";
import { reportSchema, reportVersion } from "../schema.ts";
import type { Report } from "../schema.ts";

export const reportFile = "report.json";
export const pageFile = "report.html";

/** Names the workload of a results directory's report. @throws Error saying what is wrong with the report. */
export function workloadNameIn(directory: string): string {
  const { file, content } = contentOf(directory);
  const name = content.benchmark?.workload;
  if (typeof name === "string") return name;
  throw new Error(`${file} is damaged: benchmark.workload: it names no workload`);
}

/**
 * Reads a results directory's report.json.
 * @param benchmarks the schema of the benchmarks that there are. @throws Error saying what is wrong with it.
 */
export function readReport(
  directory: string,
  { report }: Pick<Workload, "report">,
  benchmarks: z.ZodType<BenchmarkBase>,
): Report {
  const { file, content } = contentOf(directory);
  const parsed = reportSchema(report, benchmarks).safeParse(content);
  if (parsed.success) return parsed.data;
  const details = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ");
  throw new Error(`${file} is damaged: ${details}`);
}

interface Content {
  schema?: unknown;
  benchmark?: { workload?: unknown };
}

function contentOf(directory: string): { file: string; content: Content } {
  const file = join(directory, reportFile);
  const content = parsed(file, readFileSync(file, "utf8"));
  if (content.schema !== reportVersion) {
    throw new Error(`${file} is "${String(content.schema)}", this Strata reads "${reportVersion}"`);
  }
  return { file, content };
}

function parsed(file: string, text: string): Content {
  try {
    const content: unknown = JSON.parse(text);
    if (typeof content === "object" && content !== null) return content;
  } catch {
    // Said below.
  }
  throw new Error(`${file} is damaged: it is no JSON object`);
}

/**
 * Writes report.html from a results directory's report and its samples.csv.
 * @returns its path. @throws Error naming the file that can't be read, and why.
 */
export function renderReport(
  directory: string,
  report: Report,
  workload: Pick<Workload, "metrics" | "report">,
): string {
  const file = join(directory, pageFile);
  writeWhole(file, reportPage(report, samplesIn(join(directory, report.samples.file), workload), workload));
  return file;
}

function samplesIn(file: string, { report }: Pick<Workload, "report">): unknown[] {
  try {
    return report.read(file);
  } catch (error) {
    throw new Error(`${file} can't be read: ${messageOf(error)}`, { cause: error });
  }
}
