import { setTimeout as sleep } from "node:timers/promises";
import type { RemoteRole, RoleStatus } from "./role.ts";

export interface Wait {
  limitMs: number;
  pollMs: number;
  signal: AbortSignal;
}

/**
 * Waits until the role has reached the state.
 * @throws RemoteError when it ended before; Error naming machine, role and what it was last doing after the limit.
 */
export async function waitReady(role: RemoteRole, { limitMs, pollMs, signal }: Wait): Promise<void> {
  const until = performance.now() + limitMs;
  for (;;) {
    const status = await role.status(signal);
    if (status.exited !== undefined) await role.failed(status.exited);
    if (status.state?.state === "ready") return;
    if (performance.now() > until) {
      const doing = status.state?.detail ?? "nothing was heard of it";
      throw new Error(`${role.place}: the ${role.role} was not ready within ${limitMs / 1000} s (${doing})`);
    }
    await sleep(pollMs, undefined, { signal });
  }
}

/**
 * Waits until all publishers have ended, looking at every role now and then, so that a failure ends the run soon.
 * @param expectedMs when they should be through, as performance.now(); near it, it looks once a second.
 * @throws RemoteError when one failed or a worker ended; Error naming who is still sending after the limit.
 */
export async function waitPublished(
  publishers: readonly RemoteRole[],
  workers: readonly RemoteRole[],
  expectedMs: number,
  onStatus: (statuses: RoleStatus[]) => void,
  { limitMs, pollMs, signal }: Wait,
): Promise<void> {
  const until = expectedMs + limitMs;
  for (;;) {
    const leftMs = expectedMs - performance.now();
    await sleep(Math.max(1000, Math.min(pollMs, leftMs)), undefined, { signal });
    const [sending, working] = await Promise.all([statuses(publishers, signal), statuses(workers, signal)]);
    onStatus(sending.map(({ status }) => status));
    for (const { role, status } of [...sending, ...working]) {
      const wrong = role.role === "worker" ? status.exited !== undefined : (status.exited ?? 0) !== 0;
      if (wrong) await role.failed(status.exited ?? 0);
    }
    const open = sending.filter(({ status }) => status.exited === undefined);
    if (open.length === 0) return;
    if (performance.now() > until) {
      const names = open.map(({ role, status }) => `${role.place} (${status.state?.detail ?? "no state"})`);
      throw new Error(`not through ${limitMs / 1000} s after the planned end: ${names.join(", ")}`);
    }
  }
}

function statuses(
  roles: readonly RemoteRole[],
  signal: AbortSignal,
): Promise<{ role: RemoteRole; status: RoleStatus }[]> {
  return Promise.all(roles.map(async (role) => ({ role, status: await role.status(signal) })));
}
