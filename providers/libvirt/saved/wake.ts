import { randomBytes, randomUUID } from "node:crypto";
import { z } from "zod";
import { ProviderError } from "../../kit/plain/errors.ts";
import type { Channel } from "../rpc/channel.ts";

/** The port at which a machine waits for what makes a copy of it a machine of its own. */
export const identityChannel = "org.strata.identity";

/** What a machine says there that is about to be saved. */
export const parked = "parked";
/** And where it is held still for that, no process of it running. */
export const held = "held";

/** What a kernel's generator of random numbers holds. */
const entropyBytes = 64;

const answer = z.union([
  z.strictObject({ ready: z.string().regex(/^[A-Za-z0-9.-]{1,64}$/) }),
  z.strictObject({ error: z.string().max(1000) }),
]);

/**
 * Tells a copy that it is one: the time, entropy that no other copy has, its UUID; who it is, it reads from its seed.
 *
 * @param limitMs longest wait for its answer.
 * @returns the host name that it has now.
 * @throws ProviderError with what the machine says, or that it says nothing.
 */
export async function wake(channel: Channel, uuid: string, limitMs: number): Promise<string> {
  const entropy = randomBytes(entropyBytes).toString("hex");
  // Last of all, so that it is right when it is read.
  const time = Math.round((performance.timeOrigin + performance.now()) * 1e6);
  await channel.send(JSON.stringify({ uuid, bootId: randomUUID(), entropy, time }));
  let said: string;
  // What a killed run has not read any more.
  do said = await channel.line(limitMs, "waiting for the copy to say who it is");
  while (said === parked || said === held);
  const parsed = answer.safeParse(json(said));
  if (!parsed.success) throw new ProviderError("the copy answered with what is no answer");
  if ("error" in parsed.data) {
    throw new ProviderError(`the copy could not take its identity: ${printable(parsed.data.error)}`);
  }
  return parsed.data.ready;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What comes from a machine goes to a terminal: only what has no effect there. */
const printable = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, "?");
