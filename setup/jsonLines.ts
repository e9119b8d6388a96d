import type { Happening, Of, Tell } from "../events/event.ts";

/** What `strata setup --json` prints: one object a line, each about a step. Programs read them; new ones read events. */
export function jsonLines(write: (text: string) => unknown): Tell {
  return (happening) => {
    const line = lineOf(happening);
    if (line !== undefined) write(`${JSON.stringify(line)}\n`);
  };
}

function lineOf(happening: Happening): object | undefined {
  switch (happening.kind) {
    case "started":
      return { step: happening.item.name, type: "started", why: happening.text };
    case "progress": {
      const { item, phase, text, detail } = happening;
      if (phase === "check") return { step: item.name, type: "checking" };
      return { step: item.name, type: "progress", phase: text, item: detail };
    }
    case "ended":
      return { step: happening.item.name, type: "ended", outcome: outcomeOf(happening) };
    case "planned":
    case "message":
      return undefined;
  }
}

function outcomeOf({ outcome, text, seconds, by }: Of<"ended">): object {
  const milliseconds = Math.round(seconds * 1000);
  switch (outcome) {
    case "present":
      return { state: "present", detail: text };
    case "done":
      return { state: "done", detail: text, milliseconds };
    case "blocked":
      return { state: "blocked", by: by?.title };
    case "failed":
    case "interrupted":
    case "not-sustained":
      return { state: "failed", reason: text, milliseconds };
  }
}
