import { readFileSync } from "node:fs";
import { join } from "node:path";
import { writeWhole } from "../../local/writeWhole.ts";
import { reportPage } from "./page/page.ts";
import { readSamples } from "./samplesFile.ts";
import { reportSchema, reportVersion } from "./schema.ts";
import type { Report } from "./schema.ts";

export const reportFile = "report.json";
export const pageFile = "report.html";

/** Reads a results directory's report.json. @throws Error saying what is wrong with it. */
export function readReport(directory: string): Report {
  const file = join(directory, reportFile);
  const content = JSON.parse(readFileSync(file, "utf8")) as { schema?: unknown };
  if (content.schema !== reportVersion) {
    throw new Error(`${file} is "${String(content.schema)}", this Strata reads "${reportVersion}"`);
  }
  const parsed = reportSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const details = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ");
  throw new Error(`${file} is damaged: ${details}`);
}

/** Writes report.html from a results directory's report and its samples.csv. @returns its path. */
export function renderReport(directory: string, report: Report): string {
  const file = join(directory, pageFile);
  writeWhole(file, reportPage(report, readSamples(join(directory, report.samples.file))));
  return file;
}
