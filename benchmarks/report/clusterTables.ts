import { largest, smallest } from "../metrics/extent.ts";
import { groupBy } from "../metrics/groupBy.ts";
import { figure } from "./format.ts";
import type { PhaseReport, PodReport } from "./schema.ts";

export const podHeader = [
  "pod",
  "node",
  "scheduled (s)",
  "initialized (s)",
  "started (s)",
  "ready (s)",
  "restarts",
  "at the end",
] as const;

const seconds = (value: number | undefined): string => (value === undefined ? "–" : value.toFixed(0));

export const podCells = (pods: readonly PodReport[]): string[][] =>
  pods.map((pod) => [
    pod.name,
    pod.node ?? "–",
    seconds(pod.scheduledS),
    seconds(pod.initializedS),
    seconds(pod.startedS),
    seconds(pod.readyS),
    String(pod.restarts),
    pod.standing,
  ]);

export const phaseHeader = ["phase", "machines", "began (UTC)", "longest (s)", "ended (UTC)"] as const;

/**
 * One row a phase in the order they began, its machines side by side: they mostly ran at once, so that adding them up
 * would say nothing.
 */
export const phaseCells = (phases: readonly PhaseReport[]): string[][] =>
  [...groupBy(phases, ({ name }) => name)].map(([name, own]) => {
    const begun = own.map(({ startedAt }) => Date.parse(startedAt));
    const ended = own.map(({ startedAt, seconds: lasted }) => Date.parse(startedAt) + lasted * 1000);
    return [
      name,
      String(own.length),
      clock(smallest(begun)),
      figure(largest(own.map((phase) => phase.seconds))),
      clock(largest(ended)),
    ];
  });

/** "2026-03-04 10:00:11": an edit may have been days after the rest. */
const clock = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace("T", " ");
