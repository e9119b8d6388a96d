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

export const phaseHeader = ["phase", "machines", "began (s)", "longest (s)", "ended (s)"] as const;

/**
 * One row a phase, its machines side by side: they mostly ran at once, so that adding them up would say nothing.
 * Beginning and end count from the beginning of the first phase.
 */
export function phaseCells(phases: readonly PhaseReport[]): string[][] {
  const began = (phase: PhaseReport): number => Date.parse(phase.startedAt) / 1000;
  const zero = Math.min(...phases.map(began));
  const names = [...new Set([...phases].sort((a, b) => began(a) - began(b)).map(({ name }) => name))];
  return names.map((name) => {
    const own = phases.filter((phase) => phase.name === name);
    const machines = own.flatMap(({ machine }) => machine ?? []);
    return [
      name,
      machines.length === 0 ? "–" : String(new Set(machines).size),
      figure(Math.min(...own.map(began)) - zero),
      figure(Math.max(...own.map((phase) => phase.seconds))),
      figure(Math.max(...own.map((phase) => began(phase) + phase.seconds)) - zero),
    ];
  });
}
