import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { processorOf } from "../components/contract/capabilities.ts";
import type { TestbedOutputs } from "../components/contract/testbed.ts";
import { benchmarkSchema } from "../components/experiment/whole/benchmark.ts";
import type { BenchmarkBase } from "../components/experiment/workload.ts";
import { resultsDirectory, stackDirectory } from "../local/stateDirectory.ts";
import { askedBenchmark, type AskedLoad } from "./asked.ts";
import { podPlaces } from "./cluster/places.ts";
import { clusterOf, disturbances, readyPods, waitPods } from "./cluster/pods.ts";
import type { Cluster, PodWait } from "./cluster/pods.ts";
import { clusterReport } from "./cluster/report.ts";
import { readCluster } from "./cluster/state.ts";
import type { ClusterState } from "./cluster/state.ts";
import { offLinks, type LinkCheck } from "./network/result.ts";
import { verifyNetwork } from "./network/verify.ts";
import type { Tell } from "../events/event.ts";
import { buildingPhases } from "./report/phases.ts";
import { otherRun } from "./report/files/otherRun.ts";
import { saveReport } from "./report/files/save.ts";
import type { Report } from "./report/schema.ts";
import { asError } from "../providers/kit/plain/errors.ts";
import { evaluate } from "./run/evaluate.ts";
import type { EvaluatedRepetition } from "./run/evaluate.ts";
import { onInterrupt } from "./run/interrupt.ts";
import { measuredLimits, mostMs, partLimits, type Limits } from "./parts/limits.ts";
import { Progress } from "./run/progress.ts";
import { provenance } from "./run/provenance.ts";
import { runRepetition } from "./run/repetition.ts";
import type { BenchmarkResult } from "./run/result.ts";
import { testbedOfStack } from "./stack.ts";
import { sshTransport } from "./transport/ssh.ts";
import type { Transport } from "./transport/transport.ts";
import type { Workload } from "./workload.ts";
import { findWorkload } from "./workloads/find.ts";

export type { BenchmarkResult } from "./run/result.ts";
export { exitStatus } from "./run/result.ts";

/** What to measure, and how. */
export interface BenchmarkOptions extends AskedLoad {
  /** Measure the links first; true. */
  verifyNetwork?: boolean;
  /** How the testbed is brought to the same start for each repetition, where that is asked for. */
  sameStart?: SameStart;
  /** Where results go; a new folder under the stack's own by default. */
  directory?: string;
  /** Ends the run: remote parts are stopped, samples are kept. Absent: Ctrl-C and SIGTERM do it. */
  signal?: AbortSignal;
}

/** Saves the testbed, and brings it back to that. Others than the runner know how. */
export interface SameStart {
  keep(signal: AbortSignal): Promise<void>;
  again(signal: AbortSignal): Promise<void>;
}

/**
 * Runs the benchmark of a stack that is up, and writes report.json, samples.csv, report.html and the raw samples into
 * the results directory.
 * @throws Error only for what keeps a run from starting (no such stack, no benchmark in it, no machine for a part);
 * everything after that is told by the result.
 */
export async function runBenchmark(stack: string, options: BenchmarkOptions, tell: Tell): Promise<BenchmarkResult> {
  const testbed = await testbedOfStack(stack, options.signal);
  return benchmarkTestbed(testbed, sshTransport(testbed, stackDirectory(stack)), options, tell);
}

/** The same on a testbed that is known already, reached by any transport. */
export async function benchmarkTestbed(
  testbed: TestbedOutputs,
  transport: Transport,
  options: BenchmarkOptions,
  tell: Tell,
): Promise<BenchmarkResult> {
  const progress = new Progress(tell);
  const asked = askedBenchmark(testbed, options);
  const workload = await findWorkload(asked.workload);
  const cluster = clusterOf(testbed, asked);
  // Pods are there only once the cluster is asked; machines are known, and so is what lacks.
  const onMachines = cluster === undefined ? workload.assign(testbed, asked) : undefined;
  const startedAt = new Date().toISOString();
  const stamp = startedAt.slice(0, 19).replaceAll(/[-:]/g, "");
  const directory = options.directory ?? join(resultsDirectory(testbed.name), stamp);
  mkdirSync(directory, { recursive: true });

  const interrupt = onInterrupt(options.signal);
  const { signal } = interrupt;
  const evaluated: EvaluatedRepetition[] = [];
  const seen: ClusterState[] = [];
  let network: LinkCheck[] = [];
  let benchmark: BenchmarkBase = asked;
  let calibration: Report["calibration"];
  let failure: Error | undefined;
  try {
    const limits = await measuredLimits(transport, processorOf(testbed), testbed.machines, signal);
    const common = { transport, testbed, limits, directory: join(directory, "raw"), signal, progress };
    if (options.verifyNetwork ?? true) {
      progress.begin("verify", "verify the network");
      const news = progress.news.bind(progress);
      network = await verifyNetwork(transport, testbed, news, signal);
      progress.end();
    }
    for (let repetition = 1; repetition <= benchmark.repetitions && failure === undefined; repetition += 1) {
      const { startFrom } = benchmark;
      if (startFrom !== undefined && repetition > 1) await start(progress, options, "again", signal);
      const before = cluster && (await podsReady(cluster, common, progress));
      if (before) seen.push(before);
      const pods = before && podPlaces(testbed, readyPods(before));
      const assignment = onMachines ?? workload.assign(testbed, benchmark, pods);
      if (workload.isOpen?.(benchmark) && workload.calibrate) {
        progress.begin("calibrate", workload.calibrates ?? "calibrate");
        const found = await workload.calibrate({ ...common, run: `${stamp}-rate` }, assignment, benchmark);
        ({ benchmark } = found);
        calibration = { ...found.calibration };
        progress.news({ phase: "calibrate", text: found.sentence, figures: numbersOf(found.calibration) });
        progress.end();
      }
      if (startFrom !== undefined && repetition === 1) await start(progress, options, "keep", signal);
      const { repetitions } = benchmark;
      const counts = { done: repetition - 1, total: repetitions, unit: "repetitions" } as const;
      progress.begin(`repetition-${repetition}`, `repetition ${repetition} of ${repetitions}`, counts);
      const most = mostMs(limits, workload.times(benchmark).plannedMs);
      const parts = workload.parts(assignment, benchmark, partLimits(limits, most));
      const own = { ...common, run: `${stamp}-${repetition}`, repetition, benchmark, workload, parts, mostMs: most };
      const data = await runRepetition(own);
      failure = data.failure;
      evaluated.push(evaluate(data, workload, { assignment, benchmark, testbed }));
      if (cluster && before) {
        // Asked in any case: what became of the pods is told where the run was interrupted, too.
        const after = await readCluster(transport, cluster.control, limits.commandMs);
        seen.push(after);
        failure = disturbed(disturbances(cluster, before, after), failure);
      }
      if (failure === undefined) progress.end();
    }
  } catch (error) {
    failure ??= asError(error);
  }
  // Of a stage that went well nothing is left to end.
  progress.end(signal.aborted ? "interrupted" : "failed", failure?.message);

  try {
    progress.begin("report", "report");
    const results = evaluated.flatMap((one) => one.results);
    const measurements = {
      testbed,
      benchmark,
      calibration,
      startedAt,
      endedAt: new Date().toISOString(),
      network,
      repetitions: evaluated.map((one) => one.report),
      samples: evaluated.flatMap((one) => one.samples),
      results,
      provenance: await provenance(testbed, results),
      ended: endOf(failure, signal),
      kubernetes: clusterReport(seen),
      phases: await buildingPhases(testbed.name),
      otherRun: otherRun(directory, { benchmark, testbed }, workload, benchmarkSchema),
    };
    const report = saveReport(directory, measurements, workload);
    progress.end();
    return resultOf(report, directory, workload);
  } finally {
    // Not before: a second Ctrl-C would leave what was measured without its report.
    interrupt.release();
  }
}

/** The testbed's state for each repetition: kept before the first, brought back before each other one. */
async function start(
  progress: Progress,
  { sameStart }: BenchmarkOptions,
  what: keyof SameStart,
  signal: AbortSignal,
): Promise<void> {
  if (sameStart === undefined) throw new Error("repetitions that start from a snapshot are those of strata bench");
  if (what === "keep") progress.begin("save", "save the testbed, from which each repetition starts");
  else progress.begin("restore", "bring the testbed back to where the first repetition started");
  await sameStart[what](signal);
  progress.end();
}

async function podsReady(
  cluster: Cluster,
  { transport, limits, signal }: PodWait & { limits: Limits },
  progress: Progress,
): Promise<ClusterState> {
  const total = cluster.pods;
  progress.news({ phase: "pods", text: "waits for the worker pods", counts: { done: 0, total, unit: "pods" } });
  return waitPods(cluster, {
    transport,
    limits,
    signal,
    onState: (ready) => {
      const text = `${ready} of ${total} worker pods are ready`;
      progress.news({ phase: "pods", text, counts: { done: ready, total, unit: "pods" } });
    },
  });
}

/** What was found out in numbers, for programs. */
function numbersOf(found: object): Record<string, number> {
  const entries = Object.entries(found) as [string, unknown][];
  return Object.fromEntries(entries.filter((entry): entry is [string, number] => typeof entry[1] === "number"));
}

/** A run whose pods did not stay what they were has failed, whatever its parts said. */
function disturbed(what: readonly string[], failure: Error | undefined): Error | undefined {
  if (what.length === 0) return failure;
  const words = `${what.join("; ")} during the run`;
  return new Error(failure === undefined ? words : `${words}: ${failure.message}`, { cause: failure });
}

function endOf(
  failure: Error | undefined,
  signal: AbortSignal,
): { kind: "interrupted" } | { kind: "failed"; reason: string } | undefined {
  if (signal.aborted) return { kind: "interrupted" };
  if (failure === undefined) return undefined;
  return { kind: "failed", reason: failure.message };
}

function resultOf(report: Report, directory: string, workload: Workload): BenchmarkResult {
  const { outcome } = report;
  const thresholdsMet = report.thresholds.every(({ met }) => met);
  switch (outcome.kind) {
    case "completed":
      return { outcome: "completed", thresholdsMet, offLinks: offLinks(report.network), report, directory, workload };
    case "not-sustained":
      return { outcome: "not-sustained", reasons: outcome.reasons, report, directory, workload };
    case "failed":
      return { outcome: "failed", reason: outcome.reason, report, directory, workload };
    case "interrupted":
      return { outcome: "interrupted", report, directory, workload };
  }
}
