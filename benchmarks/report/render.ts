import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { reportPage } from "./page/page.ts";
import { parseSamples } from "./samplesFile.ts";
import { reportSchema, reportVersion } from "./schema.ts";
import type { Report } from "./schema.ts";

/** Reads a results directory's report.json. @throws Error saying what is wrong with it. */
export function readReport(directory: string): Report {
  const file = join(directory, "report.json");
  const content = JSON.parse(readFileSync(file, "utf8")) as { schema?: unknown };
  if (content.schema !== reportVersion) {
    throw new Error(`${file} is "${String(content.schema)}", this Strata reads "${reportVersion}"`);
  }
  const parsed = reportSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const details = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ");
  throw new Error(`${file} is damaged: ${details}`);
}

/** Writes report.html from report.json and samples.csv. @returns its path. */
export function renderReport(directory: string): string {
  const report = readReport(directory);
  const photos = parseSamples(readFileSync(join(directory, report.samples.file), "utf8"));
  const file = join(directory, "report.html");
  writeFileSync(file, reportPage(report, photos));
  return file;
}
