import { loadavg } from "node:os";
import { reachOf } from "../../components/contract/capabilities.ts";
import type { Collected } from "../collect/collect.ts";
import { runawayClock, type MachineClock, type OffsetMeasurement } from "../metrics/clock.ts";
import { Injectors, type TimelineData } from "../injection/injectors.ts";
import { measureOffsets } from "../transport/clockOffsets.ts";
import { referenceClock, type ReferenceClock } from "../transport/referenceClock.ts";
import type { Part, Workload } from "../workload.ts";
import type { BenchmarkBase } from "../../components/experiment/workload.ts";
import { asError } from "../../providers/kit/plain/errors.ts";
import { Parts, type RunPlan } from "./parts.ts";
import { waitEnded } from "../parts/waiting.ts";

export interface RepetitionPlan extends RunPlan {
  /** Counted from 1. */
  repetition: number;
  benchmark: BenchmarkBase;
  workload: Workload;
  parts: readonly Part[];
  /** After which parts end by themselves, in ms. */
  mostMs: number;
}

/** What one repetition left behind. */
export interface RepetitionData {
  repetition: number;
  startedAt: string;
  /** Absent: the machines run on other hosts. */
  hostLoad?: number;
  /** Machine whose clock is the reference; absent: it is the host's. */
  clockReference?: string;
  before: ReadonlyMap<string, OffsetMeasurement>;
  /** Empty when the run ended before. */
  after: ReadonlyMap<string, OffsetMeasurement>;
  /** When the parts were to begin, in ms since 1970 by the reference clock; absent: it was not reached. */
  beginMs?: number;
  /** In the order of the parts. */
  collected: Collected[];
  timeline: TimelineData;
  /** What was thrown; undefined when all went well. */
  failure: Error | undefined;
}

/**
 * Runs one repetition: clocks, the workload's parts, the links' injectors, start sign, wait, clocks, collect. Whatever happens,
 * everything it started on the machines is stopped, links are what they were, and what was sampled is kept; what went wrong
 * is in the data's `failure`.
 */
export async function runRepetition(plan: RepetitionPlan): Promise<RepetitionData> {
  const { limits, transport, signal, progress, benchmark } = plan;
  const injectors = new Injectors(transport, plan.testbed, benchmark.faults ?? [], limits);
  const machines = [...new Set([...plan.parts.map(({ place }) => place.machine), ...injectors.machines])];
  const parts = new Parts(plan, plan.parts, plan.workload);

  const startedAt = new Date().toISOString();
  const hostLoad = reachOf(plan.testbed) === "network" ? loadavg()[0] : undefined;
  let reference: ReferenceClock | undefined;
  let before = new Map<string, OffsetMeasurement>();
  let after = new Map<string, OffsetMeasurement>();
  let beginMs: number | undefined;
  let failure: Error | undefined;
  try {
    progress.news({ phase: "clocks", text: "measures the clocks" });
    reference = await referenceClock(transport, plan.testbed, machines, { limitMs: limits.commandMs, signal });
    const asked = { startLimitMs: limits.commandMs, signal };
    before = await measureOffsets(transport, machines, reference, asked);
    await drive(plan, parts, injectors, { reference, offsets: before }, (at) => {
      beginMs = at;
    });
    failure = (await injectors.end())[0];
    progress.news({ phase: "clocks", text: "measures the clocks again" });
    after = await measureOffsets(transport, machines, reference, asked);
    failure ??= clockFailure(before, after, reference);
  } catch (error) {
    failure = asError(error);
  }

  progress.news({ phase: "collect", text: "collects the samples" });
  const problems = [...(await injectors.end()), ...(await parts.stop())];
  const collected = await parts.collect(`repetition-${plan.repetition}`);
  const lost = collected.flatMap(({ problem }) => problem ?? []);
  failure ??= problems[0] ?? (lost[0] === undefined ? undefined : new Error(lost[0]));
  return {
    repetition: plan.repetition,
    startedAt,
    hostLoad,
    clockReference: reference?.machine?.name,
    before,
    after,
    beginMs,
    collected,
    timeline: injectors.data,
    failure,
  };
}

interface Clocks {
  reference: ReferenceClock;
  /** Of the machines, by name, before the run. */
  offsets: ReadonlyMap<string, OffsetMeasurement>;
}

/** From starting the parts to their end. @throws Error that names the machine and what was waited for. */
async function drive(
  { benchmark, workload, limits, signal, progress, mostMs }: RepetitionPlan,
  parts: Parts,
  injectors: Injectors,
  { reference, offsets }: Clocks,
  onBegin: (atMs: number) => void,
): Promise<void> {
  const { plannedMs, warmupMs } = workload.times(benchmark);
  progress.news({ phase: "start", text: workload.starting });
  await parts.start(mostMs);

  if (injectors.machines.length > 0) progress.news({ phase: "start", text: "starts what changes the links" });
  await injectors.start(mostMs, signal);

  const startAtMs = reference.now() + limits.leadMs;
  const startedMs = performance.now() + limits.leadMs;
  onBegin(startAtMs);
  await parts.go((machine) => startAtMs + (offsets.get(machine)?.offsetMs ?? 0));
  injectors.begin(startAtMs + warmupMs, offsets);
  progress.news({ phase: "run", text: workload.running(benchmark), expectedSeconds: plannedMs / 1000 });
  await waitEnded(
    {
      ending: parts.ending,
      serving: parts.serving,
      expectedMs: startedMs + plannedMs,
      onCounts: (counts) => {
        progress.news({ phase: "run", text: workload.news(counts), figures: counts });
      },
    },
    { limitMs: limits.replyMs + limits.commandMs, mostMs, pollMs: limits.pollMs, signal },
  );
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
