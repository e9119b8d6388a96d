import { setTimeout as sleep } from "node:timers/promises";
import type { Operation } from "../kit/crud.ts";
import { ProviderError } from "../kit/errors.ts";

/** What a look at the world found: what was waited for, or why it is not there yet. */
export type Look<T> = { done: T } | { pending: string };

const progressIntervalMs = 5000;

/** One limit for several waits in a row; the display shows what is waited for, and the error says it. */
export class Patience {
  readonly #operation: Pick<Operation<unknown>, "log" | "signal">;
  readonly #limitMs: number;
  readonly #start = Date.now();

  constructor(operation: Pick<Operation<unknown>, "log" | "signal">, limitSeconds: number) {
    this.#operation = operation;
    this.#limitMs = limitSeconds * 1000;
  }

  get signal(): AbortSignal {
    return this.#operation.signal;
  }

  /** Time left, at least 1 ms: a limit of 0 means none to most programs. */
  get leftMs(): number {
    return Math.max(1, this.#limitMs - (Date.now() - this.#start));
  }

  /** Less of it, for one of the waits. */
  within(limitSeconds: number): Patience {
    return new Patience(this.#operation, Math.min(limitSeconds, this.leftMs / 1000));
  }

  /**
   * Looks until it is done.
   *
   * @param what what is waited for, as in "waiting for <what>".
   * @param fix what the user can do when it did not come, one sentence.
   */
  async until<T>(what: string, fix: string, intervalMs: number, look: () => Promise<Look<T>>): Promise<T> {
    const start = Date.now();
    let progressAt = start + progressIntervalMs;
    let reason: string | undefined;
    for (;;) {
      this.signal.throwIfAborted();
      const found = await look();
      if ("done" in found) return found.done;
      if (this.leftMs <= 1) {
        // The limit may have cut the last look short; the one before says more.
        reason ??= found.pending;
        throw new ProviderError(`gave up waiting for ${what} after ${seconds(start)} s: ${reason}. ${fix}`);
      }
      reason = found.pending;
      if (Date.now() >= progressAt) {
        progressAt = Date.now() + progressIntervalMs;
        this.#say(what, start, found.pending);
      }
      await sleep(Math.min(intervalMs, this.leftMs), undefined, { signal: this.signal });
    }
  }

  /** Says from time to time that something goes on; its limit is its own. */
  async during<T>(what: string, work: Promise<T>): Promise<T> {
    const start = Date.now();
    const timer = setInterval(() => {
      this.#say(what, start);
    }, progressIntervalMs);
    try {
      return await work;
    } finally {
      clearInterval(timer);
    }
  }

  #say(what: string, start: number, reason?: string): void {
    const because = reason === undefined ? "" : `: ${reason}`;
    this.#operation.log("info", `waiting for ${what} since ${seconds(start)} s${because}`, true);
  }
}

function seconds(start: number): number {
  return Math.round((Date.now() - start) / 1000);
}
