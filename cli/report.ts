import type { Command } from "commander";
import { existsSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { readReport, renderReport } from "../benchmarks/report/render.ts";
import { printTables } from "../benchmarks/report/textTables.ts";
import { resultsDirectory } from "../providers/kit/stateDirectory.ts";
import { UserError } from "./userError.ts";

export function register(program: Command): void {
  program
    .command("report <stack> [run]")
    .description("show the report of a run again (the last one, if none is named), and write its HTML anew")
    .option("--list", "list the runs of the stack")
    .option("--json", "print report.json")
    .addHelpText("after", "\nExamples:\n  strata report quickstart\n  strata report quickstart --list\n")
    .action((stack: string, run: string | undefined, options: { list?: boolean; json?: boolean }) => {
      const runs = runsOf(stack);
      if (options.list) process.stdout.write(runs.map((name) => `${name}\n`).join(""));
      else show(stack, chosen(runs, run, stack), options);
    });
}

function runsOf(stack: string): string[] {
  const directory = resultsDirectory(stack);
  return existsSync(directory) ? readdirSync(directory).sort() : [];
}

/** @throws UserError when there is no such run, naming those that there are. */
function chosen(runs: string[], run: string | undefined, stack: string): string {
  const last = runs.at(-1);
  if (last === undefined) throw new UserError(`stack ${stack} has no results yet; run ./strata bench ${stack}`);
  if (run === undefined) return last;
  if (!runs.includes(run)) throw new UserError(`stack ${stack} has no run ${run}; it has ${runs.join(", ")}`);
  return run;
}

function show(stack: string, run: string, { json }: { json?: boolean }): void {
  const directory = join(resultsDirectory(stack), run);
  const report = readReport(directory);
  renderReport(directory);
  const html = relative(process.cwd(), join(directory, "report.html"));
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : `${printTables(report)}\nReport: ${html}\n`);
}
