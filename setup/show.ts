import { Listr, type ListrTask } from "listr2";
import type { Of, Tell } from "../events/event.ts";
import { jsonLines } from "./jsonLines.ts";
import { runSteps } from "./runSteps.ts";
import type { Outcome, Step } from "./step.ts";

/** Live on a terminal, as plain lines elsewhere, as JSON lines of its own, or as whoever is told of the events does it. */
export type Display = "live" | "lines" | "json" | Tell;

/** A step's progress is written at most this often where lines pile up. */
const lineIntervalMs = 10_000;

/** Runs steps and shows how they go. */
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
      return runSteps(steps, signal, jsonLines(write));
    default:
      return runSteps(steps, signal, display);
  }
}

async function live(steps: readonly Step[], signal: AbortSignal): Promise<Map<string, Outcome>> {
  const shown = new Map<string, { output: string }>();
  const ends = new Map(steps.map((step) => [step.name, Promise.withResolvers<Of<"ended">>()]));
  const tasks = steps.map((step): ListrTask => ({
    title: step.title,
    task: async (_, task) => {
      shown.set(step.name, task);
      const ended = await ends.get(step.name)?.promise;
      if (ended === undefined) return;
      task.title = `${step.title}: ${endedText(ended)}`;
      if (ended.outcome !== "present" && ended.outcome !== "done") throw new Error(task.title);
    },
  }));
  const list = new Listr(tasks, { concurrent: true, exitOnError: false, registerSignalListeners: false }).run();
  const outcomes = await runSteps(steps, signal, (event) => {
    if (event.kind === "progress" && event.phase !== "check") {
      const task = shown.get(event.item.name);
      if (task) task.output = progressText(event);
    }
    if (event.kind === "ended") ends.get(event.item.name)?.resolve(event);
  });
  await list;
  return outcomes;
}

function lineWriter(write: (text: string) => unknown): Tell {
  const last = new Map<string, { text: string; at: number }>();
  const begun = performance.now();
  return (event) => {
    if (event.kind === "planned" || event.kind === "message") return;
    const { name, title } = event.item;
    const line = (text: string): void => {
      const seconds = ((performance.now() - begun) / 1000).toFixed(0).padStart(4);
      write(`[${seconds} s] ${title ?? name}: ${text}\n`);
    };
    switch (event.kind) {
      case "started":
        line(`${event.text ?? ""}; getting it`);
        return;
      case "progress": {
        if (event.phase === "check") return;
        const before = last.get(name);
        const now = performance.now();
        if (before?.text === event.text && now - before.at < lineIntervalMs) return;
        last.set(name, { text: event.text, at: now });
        line(progressText(event));
        return;
      }
      case "ended":
        line(endedText(event));
    }
  };
}

function progressText({ text, detail }: Of<"progress">): string {
  return detail === undefined ? text : `${text} (${detail})`;
}

/** How a step ended. */
function endedText({ outcome, text = "", seconds, by }: Of<"ended">): string {
  switch (outcome) {
    case "present":
      return `ok (${text})`;
    case "done":
      return `done in ${seconds.toFixed(0)} s (${text})`;
    case "blocked":
      return `not begun, because ${by?.title ?? by?.name ?? ""} failed`;
    case "failed":
    case "interrupted":
    case "not-sustained":
      return `FAILED: ${text}`;
  }
}
