import { asExperiment } from "../components/standing/experiment.ts";
import { notReady } from "../components/standing/notReady.ts";
import type { TestbedOutputs } from "../components/contract/testbed.ts";
import { benchmarkSchema, type BenchmarkSpec } from "../components/experiment/whole/benchmark.ts";
import { loadBenchmark, specOrThrow } from "../components/experiment/whole/load.ts";
import type { BenchmarkBase } from "../components/experiment/workload.ts";
import { allWorkloads } from "./workloads/all.ts";

/** What is asked for beside the stack's own benchmark; absent: as the stack says. */
export interface AskedLoad {
  /** A benchmark in place of the stack's own: the text of a YAML file, and its name for messages. */
  load?: { text: string; file: string };
  /** Single values over either, where the workload has them. */
  rateHz?: number | "auto";
  durationS?: number;
  warmupS?: number;
  repetitions?: number;
  /** "carry-on": whatever the benchmark says. */
  startFrom?: "snapshot" | "carry-on";
}

/** Single values, as the command line has them. */
const flags = { rateHz: "--rate", durationS: "--duration", warmupS: "--warmup", repetitions: "--repetitions" } as const;

/**
 * What to measure on a testbed that stands.
 * @throws SpecError with all that is wrong with the file; Error when there is no benchmark, when its workload has no value
 * that was given, or when the machines or pods were not made ready for it.
 */
export function askedBenchmark(testbed: TestbedOutputs, { load, startFrom, ...asked }: AskedLoad): BenchmarkSpec {
  const benchmark = load === undefined ? ownBenchmark(testbed) : loaded(testbed, load);
  const names = Object.keys(flags) as (keyof typeof flags)[];
  const given = names.filter((name) => asked[name] !== undefined);
  const missing = given.filter((name) => !(name in benchmark)).map((name) => flags[name]);
  if (missing.length > 0) {
    throw new Error(`the workload ${benchmark.workload} has no ${missing.join(" and no ")}; leave it out`);
  }
  const start = startFrom === undefined ? {} : { startFrom: startFrom === "snapshot" ? startFrom : undefined };
  return benchmarkSchema.parse({
    ...benchmark,
    ...start,
    ...Object.fromEntries(given.map((name) => [name, asked[name]])),
  });
}

function ownBenchmark({ name, benchmark }: TestbedOutputs): BenchmarkBase {
  if (benchmark !== undefined) return benchmark;
  const workloads = allWorkloads.map(([workload]) => workload).join(", ");
  throw new Error(
    `stack ${name} has no benchmark; add "benchmark: { workload: NAME }" to stacks/${name}.yaml (NAME: ${workloads}) and run: strata up ${name}`,
  );
}

function loaded(testbed: TestbedOutputs, { text, file }: NonNullable<AskedLoad["load"]>): BenchmarkBase {
  const { benchmark } = specOrThrow(loadBenchmark(text, asExperiment(testbed)), file);
  if (benchmark === undefined) throw new Error(`${file} says of no benchmark`);
  const lacking = notReady(testbed, benchmark);
  if (lacking === undefined) return benchmark;
  throw new Error(
    `${lacking}, so ${file} can't be run on it; put it into stacks/${testbed.name}.yaml as "benchmark" and run: strata up ${testbed.name}`,
  );
}
