import type { Activity, Counts, Item, Tell } from "../../events/event.ts";
import { stopwatch } from "../../events/stamp.ts";
import type { Outcome } from "../../events/words.ts";

/** What is told of while no stage runs. */
const benchmark: Item = { type: "command", name: "bench" };

/** Tells what the runner does: stages one after the other, and news of each. */
export class Progress {
  readonly #tell: Tell;
  #stage: { item: Item; seconds: () => number } | undefined;

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  /** A stage begins: "repetition-1", for people "repetition 1 of 3". */
  begin(name: string, text: string, counts?: Counts): void {
    const item: Item = { type: "stage", name };
    this.#stage = { item, seconds: stopwatch() };
    this.#tell({ kind: "started", item, text, counts });
  }

  /** News of the stage that runs: "12 sent, 11 answered". */
  news(activity: Activity): void {
    this.#tell({ kind: "progress", item: this.#stage?.item ?? benchmark, ...activity });
  }

  /** The stage that runs ends; without one, nothing does. */
  end(outcome: Outcome = "done", text?: string): void {
    if (this.#stage === undefined) return;
    const { item, seconds } = this.#stage;
    this.#stage = undefined;
    this.#tell({ kind: "ended", item, outcome, text, seconds: seconds() });
  }
}
