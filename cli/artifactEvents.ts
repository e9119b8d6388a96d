import type { Obtained } from "../artifacts/mirror/obtainAll.ts";
import type { Progress } from "../artifacts/store/progress.ts";
import type { Item, Tell } from "../events/event.ts";
import { stopwatch } from "../events/stamp.ts";

const itemOf = (name: string): Item => ({ type: "artifact", name });

/**
 * Tells of artifacts that are obtained, each from its first news on. What they are built from in turn has news of its own,
 * neither beginning nor end.
 *
 * @param wanted their titles.
 */
export function artifactEvents(
  tell: Tell,
  wanted: readonly string[],
): { progress: Progress; done: (obtained: Obtained) => void } {
  const begun = new Map<string, () => number>();
  return {
    progress: (activity, name) => {
      if (wanted.includes(name) && !begun.has(name)) {
        begun.set(name, stopwatch());
        tell({ kind: "started", item: itemOf(name) });
      }
      tell({ kind: "progress", item: itemOf(name), ...activity });
    },
    done: (obtained) => {
      const name = obtained.item.title;
      const seconds = begun.get(name)?.() ?? 0;
      const ended = { kind: "ended", item: itemOf(name), seconds } as const;
      if ("reason" in obtained) tell({ ...ended, outcome: "failed", text: obtained.reason });
      else tell({ ...ended, outcome: begun.has(name) ? "done" : "present" });
    },
  };
}
