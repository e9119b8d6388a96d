import type { Processor } from "../../components/contract/capabilities.ts";
import type { Machine, Transport } from "../transport/transport.ts";

/** How long the runner waits for what, in ms. */
export interface Limits {
  /** Between two signs of a container that starts: 6 s of loading and the container's start, on an idle emulated machine. */
  readyMs: number;
  /** One short command on a machine. */
  commandMs: number;
  /** From the start sign's computation to the first sample: all start files must be written by then. */
  leadMs: number;
  /** Between two replies after the last request, also of a system that fell behind. */
  replyMs: number;
  /** Between two looks at a machine; looking costs an emulated processor 0.1 s. */
  pollMs: number;
}

/** What the parts' configurations depend on beside the benchmark. */
export interface PartLimits extends Limits {
  /** A part ends by itself after so long, in ms, so that nothing is left running when the runner is gone. */
  mostMs: number;
  /** How long a part waits for the start sign, in ms: all must be ready before the first one gets it. */
  goMs: number;
}

const goMsOf = ({ readyMs }: Limits): number => 4 * readyMs;

export const partLimits = (limits: Limits, most: number): PartLimits => ({
  ...limits,
  mostMs: most,
  goMs: goMsOf(limits),
});

/**
 * After which a run's parts end by themselves, in ms: their start, the start sign, the run itself, and as long again for late
 * replies; and then some.
 */
export const mostMs = (limits: Limits, plannedMs: number): number =>
  goMsOf(limits) + 2 * (plannedMs + limits.replyMs) + 10 * limits.commandMs;

/** Of machines as fast as those that they were made for, by the kind of processor; far more than an idle one needs. */
export const limits: Readonly<Record<Processor, Limits>> = {
  hardware: { readyMs: 90_000, commandMs: 30_000, leadMs: 2000, replyMs: 30_000, pollMs: 2000 },
  emulated: { readyMs: 300_000, commandMs: 90_000, leadMs: 6000, replyMs: 60_000, pollMs: 10_000 },
};

/** Work of the processor alone, by which machines are compared. */
const yardstick = "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done";

/** What it takes an idle machine of those, the command's way included, in ms. */
const usualMs: Readonly<Record<Processor, number>> = { hardware: 500, emulated: 2500 };

/** The limits of machines that need so long for the yardstick: in proportion, and never less than usual. */
export function limitsAt(processor: Processor, measuredMs: number): Limits {
  const slower = Math.max(1, measuredMs / usualMs[processor]);
  const { pollMs, ...waits } = limits[processor];
  const scaled = Object.entries(waits).map(([name, ms]) => [name, Math.round(ms * slower)]);
  return { pollMs, ...(Object.fromEntries(scaled) as Omit<Limits, "pollMs">) };
}

/**
 * The limits of these machines, by what the slowest of them does now, all at once.
 * @throws RemoteError naming a machine that can't be reached, or that does not get through the work at all.
 */
export async function measuredLimits(
  transport: Transport,
  processor: Processor,
  machines: readonly Machine[],
  signal: AbortSignal,
): Promise<Limits> {
  const begun = performance.now();
  // Against hanging only: a hundred times slower than usual is no machine that a benchmark runs on.
  const options = { what: "measure how fast it is", limitMs: 100 * usualMs[processor], signal };
  await Promise.all(machines.map((machine) => transport.run(machine, yardstick, options)));
  return limitsAt(processor, performance.now() - begun);
}
