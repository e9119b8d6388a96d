import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { userInfo } from "node:os";
import { dirname, join } from "node:path";
import { z } from "zod";
import { stackFileName, stateDirectory } from "./stateDirectory.ts";
import { writeWhole } from "./writeWhole.ts";

const leaseSchema = z.object({
  /** How long each `up` makes it. */
  seconds: z.number().positive(),
  /** Its end, ISO 8601. */
  expires: z.iso.datetime(),
  /** Who made the last `up`. */
  user: z.string(),
});

/** Until when a testbed may be kept. */
export type TestbedLease = z.infer<typeof leaseSchema>;

/** Not in the stack's folder, which a destroy removes before its last step. */
export const leaseRecord = (stack: string): string => join(stateDirectory(), "leases", `${stackFileName(stack)}.json`);

/**
 * Begins a testbed's lease anew, before anything of it is made: what a killed `up` has made is found by it, too. It counts for
 * whoever has this state; what stands with the machines is for the others.
 *
 * @param seconds undefined: it has none.
 */
export function recordLease(stack: string, seconds: number | undefined, nowMs = Date.now()): void {
  const file = leaseRecord(stack);
  if (seconds === undefined) {
    rmSync(file, { force: true });
    return;
  }
  const lease: TestbedLease = {
    seconds,
    expires: new Date(nowMs + seconds * 1000).toISOString(),
    user: userInfo().username,
  };
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeWhole(file, `${JSON.stringify(lease)}\n`, 0o600);
}

/** A testbed's lease; undefined where it has none. One that can't be read takes nothing away: it is none. */
export function recordedLease(stack: string): TestbedLease | undefined {
  try {
    return leaseSchema.parse(JSON.parse(readFileSync(leaseRecord(stack), "utf8")));
  } catch {
    return undefined;
  }
}

/** Seconds until its end; negative after it. */
export function secondsLeft({ expires }: Pick<TestbedLease, "expires">, nowMs = Date.now()): number {
  return (Date.parse(expires) - nowMs) / 1000;
}
