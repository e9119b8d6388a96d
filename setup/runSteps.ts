import { messageOf } from "../providers/kit/plain/errors.ts";
import type { Finding, Outcome, Step } from "./step.ts";

/** What happens while steps run, for whoever shows it. */
export type StepEvent =
  | { type: "checking"; step: Step }
  | { type: "started"; step: Step; why: string }
  | { type: "progress"; step: Step; phase: string; item?: string }
  | { type: "ended"; step: Step; outcome: Outcome };

/**
 * Runs each step as soon as what it needs is done, all others beside it. A step that is done already is skipped; one
 * whose needs failed is not begun; a failure does not stop independent steps.
 *
 * @returns the outcome by step name.
 */
export async function runSteps(
  steps: readonly Step[],
  signal: AbortSignal,
  show: (event: StepEvent) => void,
): Promise<Map<string, Outcome>> {
  const running = new Map<string, Promise<Outcome>>();
  const start = (step: Step): Promise<Outcome> => {
    const known = running.get(step.name);
    if (known) return known;
    const promise = Promise.all(step.needs.map((name) => start(byName(steps, name, step)))).then(async (needs) => {
      const failed = needs.findIndex(({ state }) => state === "failed" || state === "blocked");
      const blocker = step.needs[failed];
      const outcome: Outcome =
        blocker === undefined
          ? await runStep(step, signal, show)
          : { state: "blocked", by: byName(steps, blocker, step).title };
      show({ type: "ended", step, outcome });
      return outcome;
    });
    running.set(step.name, promise);
    return promise;
  };
  const outcomes = await Promise.all(steps.map(async (step) => [step.name, await start(step)] as const));
  return new Map(outcomes);
}

async function runStep(step: Step, signal: AbortSignal, show: (event: StepEvent) => void): Promise<Outcome> {
  const begun = performance.now();
  try {
    show({ type: "checking", step });
    const before = await step.check();
    if (before.state !== "missing") return { state: "present", detail: before.detail };
    signal.throwIfAborted();
    show({ type: "started", step, why: before.detail });
    await step.do((phase, item) => {
      show({ type: "progress", step, phase, ...(item === undefined ? {} : { item }) });
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

function stillMissing(finding: Extract<Finding, { state: "missing" }>): string {
  return `done, and yet: ${finding.detail}. ${finding.fix}`;
}

function byName(steps: readonly Step[], name: string, wantedBy: Step): Step {
  const step = steps.find((candidate) => candidate.name === name);
  if (step === undefined)
    throw new Error(`step ${wantedBy.name} needs step ${name}, which is not among the steps to run`);
  return step;
}
