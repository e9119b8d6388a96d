import { setTimeout as sleep } from "node:timers/promises";
import { printable } from "../../providers/kit/plain/printable.ts";
import type { RemotePart, PartStatus } from "./remotePart.ts";

export interface Wait {
  /** Without any news, in ms: what goes on, however slowly, is waited for. */
  limitMs: number;
  /** Whatever the news, in ms: a machine decides what it says. */
  mostMs: number;
  pollMs: number;
  signal: AbortSignal;
}

/** The time that is left, which begins anew with each piece of news, as long as there is any at all. */
class Patience {
  readonly #limitMs: number;
  readonly #mostMs: number;
  readonly #end: number;
  #last = "";
  #until: number;

  constructor({ limitMs, mostMs }: Pick<Wait, "limitMs" | "mostMs">, fromMs = performance.now()) {
    this.#limitMs = limitMs;
    this.#mostMs = mostMs;
    this.#end = performance.now() + mostMs;
    this.#until = fromMs + limitMs;
  }

  /**
   * @param news that differs from the last one is new.
   * @returns what is over, where one of both is: "30 s without news", "600 s".
   */
  over(news: string): string | undefined {
    const now = performance.now();
    if (news !== this.#last) this.#until = Math.max(this.#until, now + this.#limitMs);
    this.#last = news;
    if (now > this.#until) return `${this.#limitMs / 1000} s without news`;
    return now > this.#end ? `${this.#mostMs / 1000} s` : undefined;
  }
}

/**
 * Waits until the part is ready.
 * @throws RemoteError when it ended before; Error naming machine, role and what it was last doing when nothing new was heard
 * of it for the limit, or the time is over.
 */
export async function waitReady(part: RemotePart, { pollMs, signal, ...wait }: Wait): Promise<void> {
  const patience = new Patience(wait);
  for (;;) {
    const { exited, state } = await part.status(signal);
    if (exited !== undefined) await part.failed(exited);
    if (state?.state === "ready") return;
    const doing = state?.detail ?? "nothing was heard of it";
    const over = patience.over(doing);
    if (over !== undefined) {
      throw new Error(printable(`${part.place}: the ${part.role} is not ready after ${over} (${doing})`));
    }
    await sleep(pollMs, undefined, { signal });
  }
}

/** What a run is waited for with. */
export interface Waited {
  /** The run is over when all of these have ended. */
  ending: readonly RemotePart[];
  /** These go on until then. */
  serving: readonly RemotePart[];
  /** When it should be through, as performance.now(); near it, it is looked once a second. */
  expectedMs: number;
  /** Told the sum of what the ending ones have done. */
  onCounts: (counts: Readonly<Record<string, number>>) => void;
}

/**
 * Waits until all parts that end have, looking at every one now and then, so that a failure ends the run soon.
 * @throws RemoteError when one failed, or one that serves ended; Error naming who has not ended when none of them did
 * anything more for the limit, or the time is over.
 */
export async function waitEnded(
  { ending, serving, expectedMs, onCounts }: Waited,
  { pollMs, signal, ...wait }: Wait,
): Promise<void> {
  const patience = new Patience(wait, Math.max(expectedMs, performance.now()));
  for (;;) {
    const leftMs = expectedMs - performance.now();
    await sleep(Math.max(1000, Math.min(pollMs, leftMs)), undefined, { signal });
    const [going, served] = await Promise.all([statuses(ending, signal), statuses(serving, signal)]);
    const counts = total(going);
    onCounts(counts);
    for (const { part, status } of served) if (status.exited !== undefined) await part.failed(status.exited);
    for (const { part, status } of going) if ((status.exited ?? 0) !== 0) await part.failed(status.exited ?? 0);
    const open = going.filter(({ status }) => status.exited === undefined);
    if (open.length === 0) return;
    const over = patience.over(JSON.stringify([counts, open.length]));
    if (over !== undefined) {
      const names = open.map(({ part, status }) => `${part.place} (${status.state?.detail ?? "no state"})`);
      throw new Error(printable(`the run has not ended after ${over}; not through: ${names.join(", ")}`));
    }
  }
}

function total(going: readonly { status: PartStatus }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status } of going) {
    for (const [name, count] of Object.entries(status.state?.counts ?? {})) counts[name] = (counts[name] ?? 0) + count;
  }
  return counts;
}

function statuses(
  parts: readonly RemotePart[],
  signal: AbortSignal,
): Promise<{ part: RemotePart; status: PartStatus }[]> {
  return Promise.all(parts.map(async (part) => ({ part, status: await part.status(signal) })));
}
