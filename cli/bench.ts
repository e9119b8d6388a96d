import { InvalidArgumentError, type Command } from "commander";
import { visible } from "../providers/kit/plain/printable.ts";
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { exitStatus, runBenchmark, type BenchmarkOptions, type Progress } from "../benchmarks/run.ts";
import { reportText } from "../benchmarks/report.ts";
import { parseQuantity, type QuantityKind } from "../components/experiment/units.ts";
import { messageOf } from "../providers/kit/plain/errors.ts";
import { asObserver } from "./owner.ts";
import { UserError } from "./userError.ts";

interface BenchArguments extends BenchmarkOptions {
  json?: boolean;
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
    .option("--no-verify", "do not measure the links first")
    .option("--json", "print one JSON object a line, the last one with the outcome")
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
      const { load, rate, duration, warmup, repetitions, verify, json } = options;
      process.exitCode = await bench(stack, {
        ...(load === undefined ? {} : { load: { file: load, text: textOf(load) } }),
        rateHz: rate,
        durationS: duration,
        warmupS: warmup,
        repetitions,
        verifyNetwork: verify,
        json,
      });
    });
}

interface BenchFlags {
  load?: string;
  rate?: number | "auto";
  duration?: number;
  warmup?: number;
  repetitions?: number;
  verify: boolean;
  json?: boolean;
}

/** @returns the exit status. */
export async function bench(stack: string, { json, ...options }: BenchArguments): Promise<number> {
  const progress = json ? jsonProgress() : lineProgress();
  const result = await asObserver("bench", stack, (signal) => runBenchmark(stack, { ...options, signal }, progress));
  const report = relative(process.cwd(), join(result.directory, "report.html"));
  if (json) {
    process.stdout.write(`${JSON.stringify({ outcome: result.outcome, directory: result.directory })}\n`);
  } else {
    const off = result.outcome === "completed" ? result.offLinks.map((one) => `Off: ${one}\n`).join("") : "";
    process.stdout.write(`\n${visible(reportText(result))}${visible(off)}\nReport: ${report}\n`);
  }
  return exitStatus(result);
}

function lineProgress(): Progress {
  const begun = performance.now();
  const write = (text: string): void => {
    const seconds = ((performance.now() - begun) / 1000).toFixed(0).padStart(4);
    process.stdout.write(`[${seconds} s] ${visible(text)}\n`);
  };
  return {
    phase: write,
    detail: (text) => {
      write(`  ${text}`);
    },
  };
}

function jsonProgress(): Progress {
  const write = (line: Record<string, string>): void => {
    process.stdout.write(`${JSON.stringify(line)}\n`);
  };
  return {
    phase: (phase) => {
      write({ phase });
    },
    detail: (detail) => {
      write({ detail });
    },
  };
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
