import type { Progress } from "../artifacts/store/progress.ts";
import type { Item, Tell } from "../events/event.ts";
import { stopwatch } from "../events/stamp.ts";

/** An artifact that is in the store now, or the reason why it is not. */
interface Done {
  item: { title: string };
  reason?: string;
}

const itemOf = (name: string): Item => ({ type: "artifact", name });

/**
 * Tells of artifacts that are obtained, each from its first news on. What they are built from in turn has news of its own,
 * neither beginning nor end.
 *
 * @param wanted their titles; absent: all that there is news of.
 */
export function artifactEvents(
  tell: Tell,
  wanted?: readonly string[],
): { progress: Progress; done: (done: Done) => void } {
  const begun = new Map<string, () => number>();
  return {
    progress: (activity, name) => {
      if ((wanted?.includes(name) ?? true) && !begun.has(name)) {
        begun.set(name, stopwatch());
        tell({ kind: "started", item: itemOf(name) });
      }
      tell({ kind: "progress", item: itemOf(name), ...activity });
    },
    done: ({ item: { title: name }, reason }) => {
      const seconds = begun.get(name)?.() ?? 0;
      const ended = { kind: "ended", item: itemOf(name), seconds } as const;
      if (reason !== undefined) tell({ ...ended, outcome: "failed", text: reason });
      else tell({ ...ended, outcome: begun.has(name) ? "done" : "present" });
    },
  };
}
