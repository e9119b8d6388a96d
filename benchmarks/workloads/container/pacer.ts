import type { Clock } from "./clock.ts";

/**
 * How long before the due time to stop sleeping, in ms. Node's timers have a resolution of 1 ms and fire up to about
 * 1 ms late on an idle machine, so 2 ms before the due time the process is awake almost always.
 */
const spinMs = 2;

/**
 * Waits until the clock reaches `dueMs`: sleeps, then yields to the event loop again and again for the last 2 ms, during
 * which acknowledgements and replies are still taken in. Resolves early when the signal is aborted.
 */
export async function waitUntil(clock: Clock, dueMs: number, signal: AbortSignal): Promise<void> {
  for (;;) {
    const left = dueMs - clock.now();
    if (left <= 0 || signal.aborted) return;
    await new Promise<void>((resolve) => {
      // In slices, so that an abort is seen soon.
      if (left > spinMs) setTimeout(resolve, Math.min(left - spinMs, 250));
      else setImmediate(resolve);
    });
  }
}
