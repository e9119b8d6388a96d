import { setTimeout as sleep } from "node:timers/promises";
import type { Operation } from "./crud.ts";
import { ProviderError } from "./plain/errors.ts";

/**
 * What a look at the world found: what was waited for, or why it is not there yet. `sign` is what tells whether it moves
 * on, where that is not the reason itself.
 */
export type Look<T> = { done: T } | { pending: string; sign?: string };

/**
 * How long to wait: so many seconds in all, or, for what may only be slow, so many without anything new, and at most so
 * many, which only guards against what goes round in circles.
 */
export type Limit = number | { stillSeconds: number; mostSeconds: number };

const progressIntervalMs = 5000;
/** Characters of a sign that tell it from others. */
const longestSign = 300;

/** One limit for several waits in a row; the display shows what is waited for, and the error says it. */
export class Patience {
  readonly #operation: Pick<Operation<unknown>, "log" | "signal">;
  readonly #stillMs: number;
  readonly #mostMs: number;
  readonly #start = Date.now();
  readonly #seen = new Set<string>();
  #newAt = this.#start;

  constructor(operation: Pick<Operation<unknown>, "log" | "signal">, limit: Limit) {
    this.#operation = operation;
    const { stillSeconds, mostSeconds } =
      typeof limit === "number" ? { stillSeconds: limit, mostSeconds: limit } : limit;
    this.#stillMs = stillSeconds * 1000;
    this.#mostMs = mostSeconds * 1000;
  }

  get signal(): AbortSignal {
    return this.#operation.signal;
  }

  /** Time left if nothing new is seen, at least 1 ms: a limit of 0 means none to most programs. */
  get leftMs(): number {
    const now = Date.now();
    return Math.max(1, Math.min(this.#stillMs - (now - this.#newAt), this.#mostMs - (now - this.#start)));
  }

  /** Time left in all, for work that has limits of its own. */
  get mostLeftMs(): number {
    return Math.max(1, this.#mostMs - (Date.now() - this.#start));
  }

  /** Less of it, for one of the waits. */
  within(limitSeconds: number): Patience {
    return new Patience(this.#operation, Math.min(limitSeconds, this.leftMs / 1000));
  }

  /**
   * Notes how something stands. What was not seen before is progress; numbers alone make nothing new, for they may be
   * times.
   */
  saw(sign: string): void {
    // A guest may say what it likes, as long as it likes.
    const known = sign.slice(0, longestSign).replace(/\d+/g, "#");
    if (this.#seen.has(known)) return;
    this.#seen.add(known);
    this.#newAt = Date.now();
  }

  /**
   * Looks until it is done.
   *
   * @param what what is waited for, as in "waiting for <what>".
   * @param fix what the user can do when it did not come, one sentence.
   */
  async until<T>(
    what: string,
    fix: string | (() => Promise<string>),
    intervalMs: number,
    look: () => Promise<Look<T>>,
  ): Promise<T> {
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
        const advice = typeof fix === "string" ? fix : await fix();
        throw new ProviderError(`gave up waiting for ${what} after ${seconds(start)} s: ${reason}. ${advice}`);
      }
      reason = found.pending;
      this.saw(`${what}: ${found.sign ?? reason}`);
      if (Date.now() >= progressAt) {
        progressAt = Date.now() + progressIntervalMs;
        this.#say(what, start, [found.pending, found.sign].filter((text) => text !== undefined).join("; "));
      }
      await sleep(Math.min(intervalMs, this.leftMs), undefined, { signal: this.signal });
    }
  }

  /** Says from time to time that something goes on; its limit is its own, and that it has ended is something new. */
  async during<T>(what: string, work: Promise<T>): Promise<T> {
    const start = Date.now();
    const timer = setInterval(() => {
      this.#say(what, start);
    }, progressIntervalMs);
    try {
      return await work;
    } finally {
      clearInterval(timer);
      this.#newAt = Date.now();
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
