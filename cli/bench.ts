import { InvalidArgumentError, Option, type Command } from "commander";
import { visible } from "../providers/kit/plain/printable.ts";
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { exitStatus, runBenchmark, type BenchmarkOptions, type BenchmarkResult } from "../benchmarks/run.ts";
import { reportText } from "../benchmarks/report.ts";
import { repetitionStarts } from "../components/experiment/benchmarkFields.ts";
import { parseQuantity, type QuantityKind } from "../components/experiment/units.ts";
import type { Tell } from "../events/event.ts";
import type { Outcome } from "../events/words.ts";
import { messageOf } from "../providers/kit/plain/errors.ts";
import { benchJsonLines, benchLines } from "./benchLines.ts";
import { asCommand, eventLines, eventsOption } from "./events.ts";
import { withSameStart } from "./snapshots/sameStart.ts";
import { asObserver } from "./testbed/owner.ts";
import { UserError } from "./terminal/userError.ts";

interface BenchArguments extends BenchmarkOptions {
  json?: boolean;
  /** Told what happens, in place of showing it. */
  tell?: Tell;
}

export function register(program: Command): void {
  program
    .command("bench <stack>")
    .description("measure on a testbed that is up, and write a report")
    .option("--load <file>", "measure this benchmark (YAML, as in an experiment) in place of the stack's own")
    .option("--rate <rate>", "photos a second of each endpoint, such as 2 Hz; auto: what the workers can carry", rateOf)
    .option("--duration <time>", "measured time of a repetition, such as 60 s", quantity("duration"))
    .option("--warmup <time>", "load before it that does not count", quantity("duration"))
    .option("--repetitions <n>", "how often", count)
    .addOption(
      new Option(
        "--from <start>",
        "what each repetition starts from: the testbed as it was saved before the first, or as it is",
      ).choices(repetitionStarts),
    )
    .option("--no-verify", "do not measure the links first")
    .option("--json", "print one JSON object a line, the last one with the outcome")
    .addOption(eventsOption())
    .addHelpText(
      "after",
      `
What is not given is as the testbed was built. --load changes no machine: workloads, rates and faults are tried
one after the other on one testbed, as far as its machines were made ready for a benchmark.

Exit status: 0 completed, 1 failed, 3 the system did not keep up with the load (not sustained),
4 completed but a threshold was not met, 5 completed but a link was not what was asked for,
130 interrupted. Samples are kept in every case.

Examples:
  strata bench quickstart
  strata bench quickstart --rate "2 Hz" --duration "2 min" --repetitions 3
  strata bench quickstart --rate auto
  strata bench quickstart --load stress.yaml
`,
    )
    .action(async (stack: string, options: BenchFlags) => {
      const { load, rate, duration, warmup, repetitions, from, verify, json, events } = options;
      process.exitCode = await bench(stack, {
        ...(load === undefined ? {} : { load: { file: load, text: textOf(load) } }),
        rateHz: rate,
        durationS: duration,
        warmupS: warmup,
        repetitions,
        startFrom: from,
        verifyNetwork: verify,
        json,
        tell: events ? eventLines("bench") : undefined,
      });
    });
}

interface BenchFlags {
  load?: string;
  rate?: number | "auto";
  duration?: number;
  warmup?: number;
  repetitions?: number;
  from?: (typeof repetitionStarts)[number];
  verify: boolean;
  json?: boolean;
  events?: boolean;
}

/** @returns the exit status. */
export async function bench(stack: string, { json, tell, ...options }: BenchArguments): Promise<number> {
  return asCommand("bench", tell, async () => {
    const shown = tell ?? (json ? benchJsonLines() : benchLines());
    const result = await asObserver("bench", stack, (signal) =>
      withSameStart(stack, (sameStart) => runBenchmark(stack, { ...options, signal, sameStart }, shown)),
    );
    const { outcome, directory } = result;
    if (json) process.stdout.write(`${JSON.stringify({ outcome, directory })}\n`);
    else if (tell === undefined) {
      const off = outcome === "completed" ? result.offLinks.map((one) => `Off: ${one}\n`).join("") : "";
      const report = relative(process.cwd(), join(directory, "report.html"));
      process.stdout.write(`\n${visible(reportText(result))}${visible(off)}\nReport: ${report}\n`);
    }
    return { exitStatus: exitStatus(result), outcome: outcomeOf(result), directory, reasons: reasonsOf(result) };
  });
}

function outcomeOf({ outcome }: BenchmarkResult): Outcome {
  return outcome === "completed" ? "done" : outcome;
}

/** Why the exit status is not 0. */
function reasonsOf(result: BenchmarkResult): string[] {
  switch (result.outcome) {
    case "completed":
      return [...result.report.thresholds.filter(({ met }) => !met).map(({ text }) => text), ...result.offLinks];
    case "not-sustained":
      return result.reasons;
    case "failed":
      return [result.reason];
    case "interrupted":
      return [];
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError(`cannot read ${file}: ${messageOf(error)}`);
  }
}

function quantity(kind: QuantityKind): (text: string) => number {
  return (text) => {
    const parsed = parseQuantity(kind, text);
    if (!parsed.ok) throw new InvalidArgumentError(`${parsed.reason}; ${parsed.fix}`);
    return parsed.value;
  };
}

function rateOf(text: string): number | "auto" {
  if (text === "auto") return text;
  const parsed = parseQuantity("frequency", text);
  if (!parsed.ok) throw new InvalidArgumentError(`${parsed.reason}; ${parsed.fix}, or auto`);
  return parsed.value;
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("it must be a whole number, at least 1");
  return value;
}
