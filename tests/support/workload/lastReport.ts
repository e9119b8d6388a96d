import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Sandbox } from "../strata.ts";
import { type ImageReport, parseReport } from "./imageReport.ts";

/** Folder of a testbed's last run that has a report. */
export function lastResults({ state }: Sandbox, stack: string): string {
  const results = join(state, "results", stack);
  const finished = readdirSync(results).filter((run) => existsSync(join(results, run, "report.json")));
  return join(results, finished.sort().at(-1)!);
}

export function lastReport(sandbox: Sandbox, stack: string): ImageReport {
  return parseReport(JSON.parse(readFileSync(join(lastResults(sandbox, stack), "report.json"), "utf8")));
}
