import { loadavg } from "node:os";
import { runawayClock, type MachineClock, type OffsetMeasurement } from "../metrics/clock.ts";
import { Players } from "../timeline/players.ts";
import { measureOffsets } from "../transport/clockOffsets.ts";
import { referenceClock, type ReferenceClock } from "../transport/referenceClock.ts";
import type { PublisherConfig } from "../workloads/image-classification/shared/protocol.ts";
import { asError } from "../../providers/kit/plain/errors.ts";
import { machinesOf } from "./assignment.ts";
import type { Assignment } from "./assignment.ts";
import type { RatedBenchmark } from "./autoRate.ts";
import type { RepetitionData } from "./evaluate.ts";
import type { Limits } from "./limits.ts";
import { Parts, type RunPlan } from "./parts.ts";
import { waitPublished } from "./waiting.ts";

export interface RepetitionPlan extends RunPlan {
  /** Counted from 1. */
  repetition: number;
  benchmark: RatedBenchmark;
}

/**
 * Runs one repetition: clocks, workers and publishers, the links' players, start sign, wait, clocks, collect. Whatever happens,
 * everything it started on the machines is stopped, links are what they were, and what was sampled is kept; what went wrong
 * is in the data's `failure`.
 */
export async function runRepetition(plan: RepetitionPlan): Promise<RepetitionData> {
  const { assignment, limits, transport, signal, progress } = plan;
  const players = new Players(transport, plan.testbed, plan.benchmark, limits);
  const machines = [...new Set([...machinesOf(assignment), ...players.machines])];
  const parts = new Parts(plan);

  const startedAt = new Date().toISOString();
  const hostLoad = plan.testbed.provider.host === "remote" ? undefined : loadavg()[0];
  let reference: ReferenceClock | undefined;
  let before = new Map<string, OffsetMeasurement>();
  let after = new Map<string, OffsetMeasurement>();
  let failure: Error | undefined;
  try {
    progress.detail("measures the clocks");
    reference = await referenceClock(transport, plan.testbed, machines, { limitMs: limits.commandMs, signal });
    const asked = { startLimitMs: limits.commandMs, signal };
    before = await measureOffsets(transport, machines, reference, asked);
    await drive(plan, parts, players, { reference, offsets: before });
    failure = (await players.end())[0];
    progress.detail("measures the clocks again");
    after = await measureOffsets(transport, machines, reference, asked);
    failure ??= clockFailure(before, after, reference);
  } catch (error) {
    failure = asError(error);
  }

  progress.detail("collects the samples");
  const problems = [...(await players.end()), ...(await parts.stop())];
  const { sent, done } = await parts.collect(`repetition-${plan.repetition}`);
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

/** From starting the containers to the last reply. @throws Error that names the machine and what was waited for. */
async function drive(
  { run, assignment, benchmark, limits, signal, progress }: RepetitionPlan,
  parts: Parts,
  players: Players,
  { reference, offsets }: Clocks,
): Promise<void> {
  const { workers, publishers } = parts;
  const plannedMs = (benchmark.warmupS + benchmark.durationS) * 1000;
  // The publishers' start, the start sign, the run itself, and as long again for late replies; and then some.
  const workerLimitMs = 4 * limits.readyMs + 2 * (plannedMs + limits.replyMs) + 10 * limits.commandMs;

  progress.detail("starts workers and publishers");
  await parts.start(publisherConfigs(run, assignment, benchmark, limits), workerLimitMs);

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
    (sent, answered) => {
      progress.detail(`${sent} photos sent, ${answered} answered`);
    },
    { limitMs: limits.replyMs + limits.commandMs, mostMs: workerLimitMs, pollMs: limits.pollMs, signal },
  );
}

/** One for each endpoint, in the assignment's order. */
function publisherConfigs(
  run: string,
  { endpoints }: Assignment,
  benchmark: RatedBenchmark,
  limits: Limits,
): PublisherConfig[] {
  return endpoints.map(({ endpoint, worker, phase }) => ({
    run,
    id: endpoint.name,
    worker: worker.name,
    rateHz: benchmark.rateHz,
    warmupMs: benchmark.warmupS * 1000,
    durationMs: benchmark.durationS * 1000,
    phaseMs: (1000 * phase) / benchmark.rateHz,
    // All publishers must be ready before the first one gets its start sign.
    goLimitMs: 4 * limits.readyMs,
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
