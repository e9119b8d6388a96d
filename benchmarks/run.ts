import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { TestbedOutputs } from "../components/contract/testbed.ts";
import type { BenchmarkSpec } from "../components/spec/benchmark.ts";
import { resultsDirectory, stackDirectory } from "../local/stateDirectory.ts";
import { clusterOf, disturbances, readyPods, waitPods } from "./cluster/pods.ts";
import type { Cluster, PodWait } from "./cluster/pods.ts";
import { clusterReport } from "./cluster/report.ts";
import { readCluster } from "./cluster/state.ts";
import type { ClusterState } from "./cluster/state.ts";
import { offLinks, type LinkCheck } from "./network/result.ts";
import { verifyNetwork } from "./network/verify.ts";
import { buildingPhases } from "./report/phases.ts";
import { saveReport } from "./report/save.ts";
import { rateSentence } from "./report/rateSentence.ts";
import type { Calibration, Report } from "./report/schema.ts";
import { asError } from "../providers/kit/plain/errors.ts";
import { assign } from "./run/assignment.ts";
import { atRate, type RatedBenchmark } from "./run/autoRate.ts";
import { calibrate } from "./run/calibrate.ts";
import { evaluate } from "./run/evaluate.ts";
import type { EvaluatedRepetition } from "./run/evaluate.ts";
import { onInterrupt } from "./run/interrupt.ts";
import { measuredLimits } from "./run/limits.ts";
import type { Progress } from "./run/progress.ts";
import { provenance } from "./run/provenance.ts";
import { runRepetition } from "./run/repetition.ts";
import type { BenchmarkResult } from "./run/result.ts";
import { readTestbed } from "./stack.ts";
import { sshTransport } from "./transport/ssh.ts";
import type { Transport } from "./transport/transport.ts";

export type { BenchmarkResult } from "./run/result.ts";
export { exitStatus } from "./run/result.ts";
export type { Progress } from "./run/progress.ts";

/** What is asked for beside the stack's own benchmark; absent: as the stack says. */
export interface BenchmarkOptions extends Partial<
  Pick<BenchmarkSpec, "rateHz" | "durationS" | "warmupS" | "repetitions">
> {
  /** Measure the links first; true. */
  verifyNetwork?: boolean;
  /** Where results go; a new folder under the stack's own by default. */
  directory?: string;
  /** Ends the run: remote parts are stopped, samples are kept. Absent: Ctrl-C and SIGTERM do it. */
  signal?: AbortSignal;
}

/**
 * Runs the benchmark of a stack that is up, and writes report.json, samples.csv, report.html and the raw samples into
 * the results directory.
 * @throws Error only for what keeps a run from starting (no such stack, no benchmark in it, no machine for a part);
 * everything after that is told by the result.
 */
export async function runBenchmark(
  stack: string,
  options: BenchmarkOptions,
  progress: Progress,
): Promise<BenchmarkResult> {
  const testbed = await readTestbed(stack, options.signal);
  return benchmarkTestbed(testbed, sshTransport(testbed, stackDirectory(stack)), options, progress);
}

/** The same on a testbed that is known already, reached by any transport. */
export async function benchmarkTestbed(
  testbed: TestbedOutputs,
  transport: Transport,
  options: BenchmarkOptions,
  progress: Progress,
): Promise<BenchmarkResult> {
  const benchmark = benchmarkOf(testbed, options);
  const cluster = clusterOf(testbed, benchmark);
  // Pods are there only once the cluster is asked; machines are known, and so is what lacks.
  const machines = cluster === undefined ? assign(testbed, benchmark) : undefined;
  const startedAt = new Date().toISOString();
  const stamp = startedAt.slice(0, 19).replaceAll(/[-:]/g, "");
  const directory = options.directory ?? join(resultsDirectory(testbed.name), stamp);
  mkdirSync(directory, { recursive: true });

  const interrupt = onInterrupt(options.signal);
  const { signal } = interrupt;
  const evaluated: EvaluatedRepetition[] = [];
  const seen: ClusterState[] = [];
  let network: LinkCheck[] = [];
  let rated = ratedAlready(benchmark);
  let calibration: Calibration | undefined;
  let failure: Error | undefined;
  try {
    const waits = await measuredLimits(transport, testbed.provider.accelerator, testbed.machines, signal);
    if (options.verifyNetwork ?? true) {
      progress.phase("verify the network");
      network = await verifyNetwork(
        transport,
        testbed,
        (text) => {
          progress.detail(text);
        },
        signal,
      );
    }
    for (let repetition = 1; repetition <= benchmark.repetitions && failure === undefined; repetition += 1) {
      const before = cluster && (await podsReady(cluster, { transport, limits: waits, signal }, progress));
      if (before) seen.push(before);
      const assignment = machines ?? assign(testbed, benchmark, before && readyPods(before));
      const own = {
        transport,
        testbed,
        assignment,
        limits: waits,
        directory: join(directory, "raw"),
        signal,
        progress,
      };
      if (rated === undefined) {
        progress.phase("find the rate: what a worker can do");
        calibration = await calibrate({ ...own, run: `${stamp}-rate` }, benchmark);
        rated = atRate(benchmark, calibration);
        progress.detail(`${rateSentence(calibration)} Measured for ${rated.durationS} s after ${rated.warmupS} s`);
      }
      progress.phase(`repetition ${repetition} of ${benchmark.repetitions}`);
      const data = await runRepetition({ ...own, repetition, run: `${stamp}-${repetition}`, benchmark: rated });
      failure = data.failure;
      evaluated.push(evaluate(data, assignment, rated, testbed));
      if (cluster && before) {
        // Asked in any case: what became of the pods is told where the run was interrupted, too.
        const after = await readCluster(transport, cluster.control, waits.commandMs);
        seen.push(after);
        failure = disturbed(disturbances(cluster, before, after), failure);
      }
    }
  } catch (error) {
    failure ??= asError(error);
  }

  try {
    progress.phase("report");
    const results = evaluated.flatMap((one) => one.results);
    const photos = evaluated.flatMap((one) => one.photos);
    const report = saveReport(directory, {
      testbed,
      benchmark: rated ?? benchmark,
      calibration,
      startedAt,
      endedAt: new Date().toISOString(),
      network,
      repetitions: evaluated.map((one) => one.report),
      photos,
      catalogue: new Map(results.flatMap(({ catalogue }) => catalogue ?? []).map(({ file, labels }) => [file, labels])),
      provenance: await provenance(testbed, results),
      ended: endOf(failure, signal),
      kubernetes: clusterReport(seen),
      phases: await buildingPhases(testbed.name),
    });
    return resultOf(report, directory);
  } finally {
    // Not before: a second Ctrl-C would leave what was measured without its report.
    interrupt.release();
  }
}

async function podsReady(cluster: Cluster, wait: PodWait, progress: Progress): Promise<ClusterState> {
  progress.detail("waits for the worker pods");
  return waitPods(cluster, {
    ...wait,
    onState: (ready) => {
      progress.detail(`${ready} of ${cluster.pods} worker pods are ready`);
    },
  });
}

/** A run whose pods did not stay what they were has failed, whatever its parts said. */
function disturbed(what: readonly string[], failure: Error | undefined): Error | undefined {
  if (what.length === 0) return failure;
  const words = `${what.join("; ")} during the run`;
  return new Error(failure === undefined ? words : `${words}: ${failure.message}`, { cause: failure });
}

function ratedAlready({ rateHz, ...rest }: BenchmarkSpec): RatedBenchmark | undefined {
  return rateHz === "auto" ? undefined : { ...rest, rateHz };
}

/** @throws Error when the stack has no benchmark. */
function benchmarkOf(testbed: TestbedOutputs, options: BenchmarkOptions): BenchmarkSpec {
  if (!testbed.benchmark) {
    throw new Error(
      `stack ${testbed.name} has no benchmark; add "benchmark: { workload: image-classification }" to stacks/${testbed.name}.yaml and run: strata up ${testbed.name}`,
    );
  }
  const { rateHz, durationS, warmupS, repetitions } = options;
  const asked = Object.entries({ rateHz, durationS, warmupS, repetitions }).filter(([, value]) => value !== undefined);
  return { ...testbed.benchmark, ...(Object.fromEntries(asked) as Partial<BenchmarkSpec>) };
}

function endOf(
  failure: Error | undefined,
  signal: AbortSignal,
): { kind: "interrupted" } | { kind: "failed"; reason: string } | undefined {
  if (signal.aborted) return { kind: "interrupted" };
  if (failure === undefined) return undefined;
  return { kind: "failed", reason: failure.message };
}

function resultOf(report: Report, directory: string): BenchmarkResult {
  const { outcome } = report;
  const thresholdsMet = report.thresholds.every(({ met }) => met);
  const samplesKept = report.samples.photos;
  switch (outcome.kind) {
    case "completed":
      return { outcome: "completed", thresholdsMet, offLinks: offLinks(report.network), report, directory };
    case "not-sustained":
      return { outcome: "not-sustained", reasons: outcome.reasons, report, directory };
    case "failed":
      return { outcome: "failed", reason: outcome.reason, samplesKept, report, directory };
    case "interrupted":
      return { outcome: "interrupted", samplesKept, report, directory };
  }
}
