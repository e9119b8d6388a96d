import { Listr, type ListrTask } from "listr2";
import { runSteps, type StepEvent } from "./runSteps.ts";
import type { Outcome, Step } from "./step.ts";

export type Display = "live" | "lines" | "json";

/** A step's progress is written at most this often where lines pile up. */
const lineIntervalMs = 10_000;

/** Runs steps and shows how they go: live on a terminal, as plain lines elsewhere, as JSON lines for programs. */
export async function runAndShow(
  steps: readonly Step[],
  signal: AbortSignal,
  display: Display,
  write = (text: string): unknown => process.stdout.write(text),
): Promise<Map<string, Outcome>> {
  switch (display) {
    case "live":
      return live(steps, signal);
    case "lines":
      return runSteps(steps, signal, lineWriter(write));
    case "json":
      return runSteps(steps, signal, (event) => {
        const { step, ...rest } = event;
        write(`${JSON.stringify({ step: step.name, ...rest })}\n`);
      });
  }
}

async function live(steps: readonly Step[], signal: AbortSignal): Promise<Map<string, Outcome>> {
  const shown = new Map<string, { output: string }>();
  const ends = new Map(steps.map((step) => [step.name, Promise.withResolvers<Outcome>()]));
  const tasks = steps.map((step): ListrTask => ({
    title: step.title,
    task: async (_, task) => {
      shown.set(step.name, task);
      const outcome = await ends.get(step.name)?.promise;
      if (outcome === undefined) return;
      task.title = `${step.title}: ${outcomeText(outcome)}`;
      if (outcome.state === "failed" || outcome.state === "blocked") throw new Error(task.title);
    },
  }));
  const list = new Listr(tasks, { concurrent: true, exitOnError: false, registerSignalListeners: false }).run();
  const outcomes = await runSteps(steps, signal, (event) => {
    const task = shown.get(event.step.name);
    if (event.type === "progress" && task) task.output = progressText(event);
    if (event.type === "ended") ends.get(event.step.name)?.resolve(event.outcome);
  });
  await list;
  return outcomes;
}

function lineWriter(write: (text: string) => unknown): (event: StepEvent) => void {
  const last = new Map<string, { phase: string; at: number }>();
  const begun = performance.now();
  return (event) => {
    const { step } = event;
    const seconds = `[${((performance.now() - begun) / 1000).toFixed(0).padStart(4)} s]`;
    switch (event.type) {
      case "checking":
        return;
      case "started":
        write(`${seconds} ${step.title}: ${event.why}; getting it\n`);
        return;
      case "progress": {
        const before = last.get(step.name);
        const now = performance.now();
        if (before?.phase === event.phase && now - before.at < lineIntervalMs) return;
        last.set(step.name, { phase: event.phase, at: now });
        write(`${seconds} ${step.title}: ${progressText(event)}\n`);
        return;
      }
      case "ended":
        write(`${seconds} ${step.title}: ${outcomeText(event.outcome)}\n`);
    }
  };
}

function progressText({ phase, item }: { phase: string; item?: string }): string {
  return item === undefined ? phase : `${phase} (${item})`;
}

/** One line a step: how it ended. */
export function outcomeText(outcome: Outcome): string {
  switch (outcome.state) {
    case "present":
      return `ok (${outcome.detail})`;
    case "done":
      return `done in ${(outcome.milliseconds / 1000).toFixed(0)} s (${outcome.detail})`;
    case "failed":
      return `FAILED: ${outcome.reason}`;
    case "blocked":
      return `not begun, because ${outcome.by} failed`;
  }
}
