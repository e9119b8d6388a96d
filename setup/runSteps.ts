import { messageOf } from "../providers/kit/plain/errors.ts";
import type { Item, Tell } from "../events/event.ts";
import { inSeconds } from "../events/stamp.ts";
import type { Finding, Outcome, Step } from "./step.ts";

/**
 * Runs each step as soon as what it needs is done, all others beside it. A step that is done already is skipped; one
 * whose needs failed is not begun; a failure does not stop independent steps.
 *
 * @returns the outcome by step name.
 */
export async function runSteps(steps: readonly Step[], signal: AbortSignal, tell: Tell): Promise<Map<string, Outcome>> {
  const running = new Map<string, Promise<Outcome>>();
  const start = (step: Step): Promise<Outcome> => {
    const known = running.get(step.name);
    if (known) return known;
    const promise = Promise.all(step.needs.map((name) => start(byName(steps, name, step)))).then(async (needs) => {
      const failed = needs.findIndex(({ state }) => state === "failed" || state === "blocked");
      const blocker = step.needs[failed];
      if (blocker === undefined) return runStep(step, signal, tell);
      const by = byName(steps, blocker, step);
      tell({ kind: "ended", item: itemOf(step), outcome: "blocked", by: itemOf(by), seconds: 0 });
      return { state: "blocked" as const, by: by.title };
    });
    running.set(step.name, promise);
    return promise;
  };
  const outcomes = await Promise.all(steps.map(async (step) => [step.name, await start(step)] as const));
  return new Map(outcomes);
}

async function runStep(step: Step, signal: AbortSignal, tell: Tell): Promise<Outcome> {
  const begun = performance.now();
  const outcome = await tryStep(step, signal, tell, begun);
  const seconds = inSeconds(performance.now() - begun);
  const text = outcome.state === "failed" ? outcome.reason : outcome.detail;
  const state = outcome.state === "failed" && signal.aborted ? "interrupted" : outcome.state;
  tell({ kind: "ended", item: itemOf(step), outcome: state, text, seconds });
  return outcome;
}

async function tryStep(
  step: Step,
  signal: AbortSignal,
  tell: Tell,
  begun: number,
): Promise<Exclude<Outcome, { state: "blocked" }>> {
  const item = itemOf(step);
  try {
    tell({ kind: "progress", item, phase: "check", text: "checking" });
    const before = await step.check();
    if (before.state !== "missing") return { state: "present", detail: before.detail };
    signal.throwIfAborted();
    tell({ kind: "started", item, text: before.detail });
    await step.do((activity) => {
      tell({ kind: "progress", item, ...activity });
    }, signal);
    const after = await step.check();
    const milliseconds = Math.round(performance.now() - begun);
    if (after.state === "missing") return { state: "failed", reason: stillMissing(after), milliseconds };
    return { state: "done", detail: after.detail, milliseconds };
  } catch (error) {
    const reason = signal.aborted ? "interrupted; run it again to go on" : messageOf(error);
    return { state: "failed", reason, milliseconds: Math.round(performance.now() - begun) };
  }
}

/** What events call a step. */
export const itemOf = ({ name, title }: Step): Item => ({ type: "step", name, title });

function stillMissing(finding: Extract<Finding, { state: "missing" }>): string {
  return `done, and yet: ${finding.detail}. ${finding.fix}`;
}

function byName(steps: readonly Step[], name: string, wantedBy: Step): Step {
  const step = steps.find((candidate) => candidate.name === name);
  if (step === undefined)
    throw new Error(`step ${wantedBy.name} needs step ${name}, which is not among the steps to run`);
  return step;
}
