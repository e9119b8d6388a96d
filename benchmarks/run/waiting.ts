import { setTimeout as sleep } from "node:timers/promises";
import { printable } from "../../providers/kit/plain/printable.ts";
import type { RemoteRole, RoleStatus } from "./role.ts";

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
 * Waits until the role is ready.
 * @throws RemoteError when it ended before; Error naming machine, role and what it was last doing when nothing new was heard
 * of it for the limit, or the time is over.
 */
export async function waitReady(role: RemoteRole, { pollMs, signal, ...wait }: Wait): Promise<void> {
  const patience = new Patience(wait);
  for (;;) {
    const { exited, state } = await role.status(signal);
    if (exited !== undefined) await role.failed(exited);
    if (state?.state === "ready") return;
    const doing = state?.detail ?? "nothing was heard of it";
    const over = patience.over(doing);
    if (over !== undefined) {
      throw new Error(printable(`${role.place}: the ${role.role} is not ready after ${over} (${doing})`));
    }
    await sleep(pollMs, undefined, { signal });
  }
}

/**
 * Waits until all publishers have ended, looking at every role now and then, so that a failure ends the run soon.
 * @param expectedMs when they should be through, as performance.now(); near it, it looks once a second.
 * @param onCounts told how many photos were sent and answered so far.
 * @throws RemoteError when one failed or a worker ended; Error naming who is still sending when nothing was sent or
 * answered for the limit, or the time is over.
 */
export async function waitPublished(
  publishers: readonly RemoteRole[],
  workers: readonly RemoteRole[],
  expectedMs: number,
  onCounts: (sent: number, answered: number) => void,
  { pollMs, signal, ...wait }: Wait,
): Promise<void> {
  const patience = new Patience(wait, Math.max(expectedMs, performance.now()));
  for (;;) {
    const leftMs = expectedMs - performance.now();
    await sleep(Math.max(1000, Math.min(pollMs, leftMs)), undefined, { signal });
    const [sending, working] = await Promise.all([statuses(publishers, signal), statuses(workers, signal)]);
    const total = (key: "sent" | "answered"): number =>
      sending.reduce((sum, { status }) => sum + (status.state?.[key] ?? 0), 0);
    onCounts(total("sent"), total("answered"));
    for (const { role, status } of [...sending, ...working]) {
      const wrong = role.role === "worker" ? status.exited !== undefined : (status.exited ?? 0) !== 0;
      if (wrong) await role.failed(status.exited ?? 0);
    }
    const open = sending.filter(({ status }) => status.exited === undefined);
    if (open.length === 0) return;
    const over = patience.over(`${total("sent")} ${total("answered")} ${open.length}`);
    if (over !== undefined) {
      const names = open.map(({ role, status }) => `${role.place} (${status.state?.detail ?? "no state"})`);
      throw new Error(printable(`the run has not ended after ${over}; not through: ${names.join(", ")}`));
    }
  }
}

function statuses(
  roles: readonly RemoteRole[],
  signal: AbortSignal,
): Promise<{ role: RemoteRole; status: RoleStatus }[]> {
  return Promise.all(roles.map(async (role) => ({ role, status: await role.status(signal) })));
}
