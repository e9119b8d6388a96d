import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { ProviderError } from "../../kit/plain/errors.ts";
import type { Channel } from "../rpc/channel.ts";

/** Of this host's rate. A kernel that has judged its processor's frequency wrongly, on a busy host, was off by half or twice. */
const tolerance = 0.01;
const apartMs = 1500;
const limitMs = 60_000;
/** A host so busy that no two readings are good enough says nothing of the clock. */
const tries = 5;

const reading = z.strictObject({ clock: z.int().nonnegative() });

/** When the machine read its clock, by this host's: between these; and what it read, ms. */
interface Reading {
  from: number;
  to: number;
  machine: number;
}

/**
 * Refuses to save a machine whose clock does not run as this host's: all of its copies would inherit that.
 *
 * @throws ProviderError with how fast it runs.
 */
export async function checkClockRate(channel: Channel, now = (): number => performance.now()): Promise<void> {
  for (let tried = 0; tried < tries; tried += 1) {
    const first = await read(channel, now);
    await sleep(apartMs);
    const { least, most } = rateBetween(first, await read(channel, now));
    if (least > 1 + tolerance || most < 1 - tolerance) {
      throw new ProviderError(`its clock runs at ${least.toFixed(2)} to ${most.toFixed(2)} times the host's`);
    }
    if (most - least <= 2 * tolerance) return;
  }
}

/** The least and the most that a clock's rate can be, by two readings of it. */
export function rateBetween(first: Reading, second: Reading): { least: number; most: number } {
  const passed = second.machine - first.machine;
  return { least: passed / (second.to - first.from), most: passed / Math.max(second.from - first.to, 1) };
}

async function read(channel: Channel, now: () => number): Promise<Reading> {
  const from = now();
  await channel.send(JSON.stringify({ clock: true }));
  const said = await channel.line(limitMs, "waiting for the machine's clock");
  const to = now();
  try {
    return { from, to, machine: reading.parse(JSON.parse(said)).clock / 1e6 };
  } catch {
    throw new ProviderError("asked for its clock, the machine answered with what is no answer");
  }
}
