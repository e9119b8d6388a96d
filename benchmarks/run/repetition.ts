import { loadavg } from "node:os";
import { join } from "node:path";
import type { TestbedOutputs } from "../../components/contract/testbed.ts";
import type { BenchmarkSpec } from "../../components/spec/benchmark.ts";
import { podLauncher } from "../cluster/podLauncher.ts";
import { collectPublisher, collectWorker } from "../collect/collect.ts";
import { runawayClock, type MachineClock, type OffsetMeasurement } from "../metrics/clock.ts";
import { Players } from "../timeline/players.ts";
import { measureOffsets } from "../transport/clockOffsets.ts";
import { referenceClock, type ReferenceClock } from "../transport/referenceClock.ts";
import type { Transport } from "../transport/transport.ts";
import { asError } from "./asError.ts";
import type { PublisherConfig } from "../workloads/image-classification/shared/protocol.ts";
import { machinesOf } from "./assignment.ts";
import type { Assignment } from "./assignment.ts";
import type { RepetitionData } from "./evaluate.ts";
import type { Limits } from "./limits.ts";
import type { Progress } from "./progress.ts";
import { machineLauncher, RemoteRole } from "./role.ts";
import { waitPublished, waitReady } from "./waiting.ts";

export interface RepetitionPlan {
  /** Counted from 1. */
  repetition: number;
  /** Names the run on the machines: letters, digits, dots, dashes. */
  run: string;
  transport: Transport;
  testbed: TestbedOutputs;
  assignment: Assignment;
  benchmark: BenchmarkSpec;
  limits: Limits;
  /** Raw files are kept here. */
  directory: string;
  signal: AbortSignal;
  progress: Progress;
}

/**
 * Runs one repetition: clocks, workers and publishers, the links' players, start sign, wait, clocks, collect. Whatever happens,
 * everything it started on the machines is stopped, links are what they were, and what was sampled is kept; what went wrong
 * is in the data's `failure`.
 */
export async function runRepetition(plan: RepetitionPlan): Promise<RepetitionData> {
  const { assignment, transport, signal, progress } = plan;
  const players = new Players(transport, plan.testbed, plan.benchmark, plan.limits);
  const machines = [...new Set([...machinesOf(assignment), ...players.machines])];
  const { workers, publishers } = roles(plan);

  const startedAt = new Date().toISOString();
  const hostLoad = plan.testbed.provider.host === "remote" ? undefined : loadavg()[0];
  let reference: ReferenceClock | undefined;
  let before = new Map<string, OffsetMeasurement>();
  let after = new Map<string, OffsetMeasurement>();
  let failure: Error | undefined;
  try {
    progress.detail("measures the clocks");
    reference = await referenceClock(transport, plan.testbed, machines, { limitMs: plan.limits.commandMs, signal });
    before = await measureOffsets(transport, machines, reference, signal);
    await drive(plan, { workers, publishers, players }, { reference, offsets: before });
    failure = (await players.end())[0];
    progress.detail("measures the clocks again");
    after = await measureOffsets(transport, machines, reference, signal);
    failure ??= clockFailure(before, after, reference);
  } catch (error) {
    failure = asError(error);
  }

  progress.detail("collects the samples");
  const problems = [...(await players.end()), ...(await stopAll([...publishers, ...workers]))];
  const directory = join(plan.directory, `repetition-${plan.repetition}`);
  const sent = await Promise.all(publishers.map((one) => collectPublisher(one, directory)));
  const done = await Promise.all(workers.map((one) => collectWorker(one, directory)));
  if (![...sent, ...done].some(({ problem }) => problem)) {
    // Files that could not be fetched stay on the machine.
    await Promise.all([...publishers, ...workers].map((one) => one.clean().catch(() => undefined)));
  }
  const lost = [...sent, ...done].flatMap(({ problem }) => problem ?? []);
  failure ??= problems[0] ?? (lost[0] === undefined ? undefined : new Error(lost[0]));
  return {
    repetition: plan.repetition,
    startedAt,
    hostLoad,
    clockReference: reference?.machine?.name,
    before,
    after,
    sent,
    done,
    timeline: players.data,
    failure,
  };
}

interface Clocks {
  reference: ReferenceClock;
  /** Of the machines, by name, before the run. */
  offsets: ReadonlyMap<string, OffsetMeasurement>;
}

interface Parts {
  workers: RemoteRole[];
  publishers: RemoteRole[];
  players: Players;
}

function roles({ transport, run, limits, assignment }: RepetitionPlan): Omit<Parts, "players"> {
  const common = { transport, limitMs: limits.commandMs };
  return {
    workers: assignment.workers.map(({ name, machine }) => {
      const launcher = name === machine.name ? machineLauncher(run, "worker") : podLauncher(run, name);
      return new RemoteRole({ ...common, machine, name, role: "worker", launcher });
    }),
    publishers: assignment.endpoints.map(({ endpoint }) => {
      const launcher = machineLauncher(run, "publisher");
      return new RemoteRole({ ...common, machine: endpoint, name: endpoint.name, role: "publisher", launcher });
    }),
  };
}

/** From starting the containers to the last reply. @throws Error that names the machine and what was waited for. */
async function drive(
  { run, assignment, benchmark, limits, signal, progress }: RepetitionPlan,
  { workers, publishers, players }: Parts,
  { reference, offsets }: Clocks,
): Promise<void> {
  const plannedMs = (benchmark.warmupS + benchmark.durationS) * 1000;
  // The publishers' start, the start sign and the run itself, and then some.
  const workerLimitMs = 2 * limits.readyMs + plannedMs + limits.replyMs + 10 * limits.commandMs;
  const wait = { limitMs: limits.readyMs, pollMs: Math.min(2000, limits.pollMs), signal };

  // Side by side: each machine loads its own.
  progress.detail("starts workers and publishers");
  const configs = publisherConfigs(run, assignment, benchmark, limits);
  await ended([
    ...workers.map((one) => one.start({ run, id: one.name, limitMs: workerLimitMs }, signal)),
    ...publishers.map((one, i) => one.start(configs[i] as PublisherConfig, signal)),
  ]);
  await Promise.all([...workers, ...publishers].map((one) => waitReady(one, wait)));

  if (players.machines.length > 0) progress.detail("starts what changes the links");
  await players.start(workerLimitMs, signal);

  const startAtMs = reference.now() + limits.leadMs;
  const startedMs = performance.now() + limits.leadMs;
  await Promise.all(
    publishers.map((one) => one.go(startAtMs + (offsets.get(one.machine.name)?.offsetMs ?? 0), signal)),
  );
  players.begin(startAtMs + benchmark.warmupS * 1000, offsets);
  progress.detail(`sends photos for ${Math.round(plannedMs / 1000)} s`);
  await waitPublished(
    publishers,
    workers,
    startedMs + plannedMs,
    (statuses) => {
      const total = (key: "sent" | "answered"): number =>
        statuses.reduce((sum, { state }) => sum + (state?.[key] ?? 0), 0);
      progress.detail(`${total("sent")} photos sent, ${total("answered")} answered`);
    },
    { limitMs: limits.replyMs + limits.commandMs, pollMs: limits.pollMs, signal },
  );
}

/** Waits for all: who starts after it was stopped would stay. @throws Error the first one's. */
async function ended(starts: Promise<void>[]): Promise<void> {
  await Promise.allSettled(starts);
  await Promise.all(starts);
}

/** One for each endpoint, in the assignment's order. */
function publisherConfigs(
  run: string,
  { endpoints }: Assignment,
  benchmark: BenchmarkSpec,
  limits: Limits,
): PublisherConfig[] {
  return endpoints.map(({ endpoint, worker, phaseMs }) => ({
    run,
    id: endpoint.name,
    worker: worker.name,
    rateHz: benchmark.rateHz,
    warmupMs: benchmark.warmupS * 1000,
    durationMs: benchmark.durationS * 1000,
    phaseMs,
    // All publishers must be ready before the first one gets its start sign.
    goLimitMs: 2 * limits.readyMs,
    replyLimitMs: limits.replyMs,
  }));
}

/** An emulated machine that boots on a busy host may misjudge its processor's frequency, and keeps what it took it for. */
function clockFailure(
  before: ReadonlyMap<string, OffsetMeasurement>,
  after: ReadonlyMap<string, OffsetMeasurement>,
  { machine }: ReferenceClock,
): Error | undefined {
  const clocks = [...before].map(([name, one]): [string, MachineClock] => [
    name,
    { before: one, after: after.get(name) },
  ]);
  const what = runawayClock(new Map(clocks));
  if (what === undefined) return undefined;
  return new Error(
    `${what}${machine === undefined ? "" : ` of ${machine.name}'s`}, so nothing that it timed is true. If nobody has set it, restart the machine and try again`,
  );
}

/** Ends every container, also after an abort. @returns why some could not be stopped. */
async function stopAll(roles: readonly RemoteRole[]): Promise<Error[]> {
  const stopped = await Promise.allSettled(roles.map((role) => role.stop()));
  return stopped.flatMap((one) => (one.status === "rejected" ? [asError(one.reason)] : []));
}
