import type { Command } from "commander";
import { existsSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { openReport, reportFile, reportText, writePage } from "../benchmarks/report.ts";
import { resultsDirectory } from "../local/stateDirectory.ts";
import { visible } from "../providers/kit/plain/printable.ts";
import { UserError } from "./terminal/userError.ts";

export function register(program: Command): void {
  program
    .command("report <stack> [run]")
    .description("show the report of a run again (the last one, if none is named), and write its HTML anew")
    .option("--list", "list the runs of the stack that have a report")
    .option("--json", "print report.json")
    .addHelpText("after", "\nExamples:\n  strata report quickstart\n  strata report quickstart --list\n")
    .action(async (stack: string, run: string | undefined, options: { list?: boolean; json?: boolean }) => {
      const { complete, incomplete } = runsOf(stack);
      if (run === undefined && incomplete.length > 0)
        process.stderr.write(`strata: ${unfinished(stack, incomplete)}\n`);
      if (options.list) process.stdout.write(complete.map((name) => `${name}\n`).join(""));
      else await show(stack, chosen({ complete, incomplete }, run, stack), options);
    });
}

interface Runs {
  complete: string[];
  /** Of benchmarks that were killed, or go on: a report is written last. */
  incomplete: string[];
}

function runsOf(stack: string): Runs {
  const directory = resultsDirectory(stack);
  const runs = existsSync(directory) ? readdirSync(directory).sort() : [];
  const isComplete = (run: string): boolean => existsSync(join(directory, run, reportFile));
  return { complete: runs.filter(isComplete), incomplete: runs.filter((run) => !isComplete(run)) };
}

/** @throws UserError when there is no such run, naming those that there are. */
function chosen({ complete, incomplete }: Runs, run: string | undefined, stack: string): string {
  const last = complete.at(-1);
  if (run !== undefined && incomplete.includes(run)) throw new UserError(unfinished(stack, [run]));
  if (last === undefined) throw new UserError(`stack ${stack} has no results yet; run ./strata bench ${stack}`);
  if (run === undefined) return last;
  if (!complete.includes(run)) throw new UserError(`stack ${stack} has no run ${run}; it has ${complete.join(", ")}`);
  return run;
}

function unfinished(stack: string, runs: readonly string[]): string {
  const where = runs.map((run) => join(resultsDirectory(stack), run)).join(", ");
  return `${runs.join(", ")}: no report, as the benchmark was killed or still runs; what it has measured is in ${where}`;
}

async function show(stack: string, run: string, { json }: { json?: boolean }): Promise<void> {
  const directory = join(resultsDirectory(stack), run);
  const written = await openReport(directory);
  const html = relative(process.cwd(), writePage(directory, written));
  process.stdout.write(
    json ? `${JSON.stringify(written.report, null, 2)}\n` : `${visible(reportText(written))}\nReport: ${html}\n`,
  );
}
