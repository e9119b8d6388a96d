import { setTimeout } from "node:timers/promises";
import { patient } from "./patience.ts";

/**
 * Waits for something to be so; a look that fails says that it is not yet.
 *
 * @param what what is waited for, as in "waiting for <what>".
 * @param limitMs against hanging, on the machine of reference ({@link patient}).
 * @param intervalMs between two looks: kubectl, on an emulated machine, takes a second of its processor each time.
 * @throws Error after the limit, with what the last look failed by.
 */
export async function until(
  what: string,
  limitMs: number,
  look: () => boolean | Promise<boolean>,
  intervalMs = 500,
): Promise<void> {
  const limit = patient(limitMs);
  const deadline = Date.now() + limit;
  let failure: unknown;
  while (Date.now() < deadline) {
    try {
      failure = undefined;
      if (await look()) return;
    } catch (error) {
      failure = error;
    }
    await setTimeout(intervalMs);
  }
  throw new Error(`waited ${limit / 1000} s for ${what}`, { cause: failure });
}
