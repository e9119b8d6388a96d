// Benchmarks from files, on the quickstart's machines as they are.
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestbedOutputs } from "../../components/contract/testbed.ts";
import { lastObservations } from "../support/workload/lastObservations.ts";
import { lastResults } from "../support/workload/lastReport.ts";
import type { Sandbox } from "../support/strata.ts";

/** Workload, what its file says of it, and how many values of which metric it gives at least, from which machine. */
type OtherLoad = [workload: string, text: string, least: Record<string, number>, machine: string];

export const otherLoads: OtherLoad[] = [
  ["empty", "worker: endpoint\nsleep: 500 ms\nrepetitions: 2\n", { launch: 2, run: 2 }, "endpoint-0"],
  ["stress", "memory: 32 MiB\nduration: 5 s\nwarmup: 1 s\nrepetitions: 1\n", { throughput: 1 }, "cloud-0"],
];

/** Measures it, and takes its results away again. */
export async function benchLoad(
  sandbox: Sandbox,
  testbed: TestbedOutputs,
  [workload, text, least, machine]: OtherLoad,
): Promise<void> {
  const file = join(sandbox.state, `${workload}.yaml`);
  writeFileSync(file, `workload: ${workload}\n${text}`);
  const { stdout } = await sandbox.succeed("strata", "bench", "quickstart", "--no-verify", "--load", file);
  expect(stdout).toMatch(/^Completed: (\d+) of \1 observations have a value/m);
  try {
    const report = await lastObservations(sandbox, "quickstart");
    expect(report.testbed.machines).toEqual(testbed.machines);
    expect(report.benchmark).toMatchObject({ workload });
    for (const [metric, count] of Object.entries(least)) {
      const { values, failed, summary, sources } = report.metrics[metric]!;
      expect(failed).toBe(0);
      expect(values).toBeGreaterThanOrEqual(count);
      expect(summary!.min).toBeGreaterThan(metric === "run" ? 499 : 0);
      expect(sources.map(({ source }) => source)).toEqual([machine]);
    }
  } finally {
    // The tests that follow read the last report as one of the image classification.
    rmSync(lastResults(sandbox, "quickstart"), { recursive: true });
  }
}
