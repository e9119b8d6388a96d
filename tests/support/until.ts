import { setTimeout } from "node:timers/promises";

const lookIntervalMs = 500;

/**
 * Waits for something to be so; a look that fails says that it is not yet.
 *
 * @param what what is waited for, as in "waiting for <what>".
 * @throws Error after the limit in ms, with what the last look failed by.
 */
export async function until(what: string, limitMs: number, look: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + limitMs;
  let failure: unknown;
  while (Date.now() < deadline) {
    try {
      failure = undefined;
      if (await look()) return;
    } catch (error) {
      failure = error;
    }
    await setTimeout(lookIntervalMs);
  }
  throw new Error(`waited ${limitMs / 1000} s for ${what}`, { cause: failure });
}
