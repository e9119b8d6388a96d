import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { z } from "zod";
import type { BenchmarkBase } from "../../../components/experiment/workload.ts";
import type { Workload } from "../../workload.ts";
import type { OtherRun } from "../spread.ts";
import type { Report } from "../schema.ts";
import { readReport, reportFile } from "./render.ts";

/** What was measured, and on what. */
type Measured = Pick<Report, "benchmark" | "testbed">;

/**
 * The last completed run beside a results directory of the same benchmark on the same testbed, whose repetitions started in
 * another way.
 *
 * @param benchmarks the schema of the benchmarks that there are.
 */
export function otherRun(
  directory: string,
  measured: Measured,
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
    if (startFrom !== measured.benchmark.startFrom && isDeepStrictEqual(comparable(found), comparable(measured))) {
      return { run, metrics: found.spread.metrics };
    }
  }
  return undefined;
}

/** What has to be the same for a spread to be compared. A file's text has no members that are undefined. */
const comparable = ({ benchmark, testbed }: Measured): object => {
  const written = {
    benchmark: { ...benchmark, startFrom: undefined, repetitions: undefined, thresholds: undefined },
    testbed: { ...testbed, benchmark: undefined },
  };
  return JSON.parse(JSON.stringify(written)) as object;
};

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
