import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { z } from "zod";
import type { BenchmarkBase } from "../../../components/experiment/workload.ts";
import type { Workload } from "../../workload.ts";
import type { OtherRun } from "../spread.ts";
import type { Report } from "../schema.ts";
import { readReport, reportFile } from "./render.ts";

/**
 * The last completed run beside a results directory of the same benchmark, whose repetitions started in another way.
 *
 * @param benchmarks the schema of the benchmarks that there are.
 */
export function otherRun(
  directory: string,
  benchmark: BenchmarkBase,
  workload: Pick<Workload, "report">,
  benchmarks: z.ZodType<BenchmarkBase>,
): OtherRun | undefined {
  const runs = dirname(directory);
  if (!existsSync(runs)) return undefined;
  const names = readdirSync(runs).filter(
    (name) => name !== basename(directory) && existsSync(join(runs, name, reportFile)),
  );
  for (const run of names.sort().reverse()) {
    const found = reportIn(join(runs, run), workload, benchmarks);
    if (found?.outcome.kind !== "completed" || found.spread === undefined) continue;
    const { startFrom } = found.benchmark;
    if (startFrom !== benchmark.startFrom && isDeepStrictEqual(asMeasured(found.benchmark), asMeasured(benchmark))) {
      return { run, metrics: found.spread.metrics };
    }
  }
  return undefined;
}

/** What of a benchmark has to be the same for its spread to be compared. */
const asMeasured = (benchmark: BenchmarkBase): object => ({
  ...benchmark,
  ...{ startFrom: undefined, repetitions: undefined, thresholds: undefined },
});

/** One of another workload, or another version, is none. */
function reportIn(
  directory: string,
  workload: Pick<Workload, "report">,
  benchmarks: z.ZodType<BenchmarkBase>,
): Report | undefined {
  try {
    return readReport(directory, workload, benchmarks);
  } catch {
    return undefined;
  }
}
