import { readFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf, ProviderError } from "../../kit/plain/errors.ts";
import { printable } from "../../kit/plain/printable.ts";
import type { Libvirt } from "../rpc/libvirt.ts";
import type { DomainRef } from "../rpc/procedures.ts";
import { held, identityChannel, parked, wake } from "../saved/wake.ts";
import { Barrier } from "./barrier.ts";

/** Longest wait for the program's start, and for all processes to stop: an emulated machine on a busy host takes seconds. */
const startLimitMs = 300_000;
const wakeLimitMs = 300_000;

/** The program that holds a machine still, for its python3 (root's, in the background). */
export const holdProgram = (): string => readFileSync(join(import.meta.dirname, "hold.py"), "utf8");

export const uninterrupted = (): AbortSignal => new AbortController().signal;

/** Where the machines of one testbed wait for each other: none is held before all can be, none is saved before all are held. */
export class Together {
  readonly #ready: Barrier;
  readonly #held: Barrier;

  constructor(machines: number) {
    this.#ready = new Barrier(machines);
    this.#held = new Barrier(machines);
  }

  /**
   * Holds one of them still for as long as `work` takes, after which it is saved, or goes on where that failed: kernels
   * still answer meanwhile, so that what was under way between machines has arrived.
   *
   * @param start starts {@link holdProgram} on it.
   * @param signal asked until they are held: from then on it is a matter of seconds, and half of it would be worse.
   */
  async hold(
    context: Libvirt,
    ref: DomainRef,
    { start, signal }: { start: () => Promise<void>; signal: AbortSignal },
    work: () => Promise<void>,
  ): Promise<void> {
    try {
      await context.channel(ref, identityChannel, uninterrupted(), async (channel) => {
        const say = async (expected: string, waitedFor: string): Promise<void> => {
          const said = await channel.line(startLimitMs, waitedFor);
          if (said !== expected) throw new ProviderError(`it can't be held still: ${printable(said)}`);
        };
        // Not saved, it goes on as if nothing had been.
        const orGoesOn = async (step: () => Promise<void>): Promise<void> => {
          try {
            await step();
          } catch (error) {
            await wake(channel, ref.uuid, wakeLimitMs).catch((failure: unknown) => {
              throw new ProviderError(`${messageOf(error)}; and it does not go on: ${messageOf(failure)}`);
            });
            throw error;
          }
        };
        await start();
        await say(parked, "waiting for the program that holds it still");
        await orGoesOn(async () => {
          await this.#ready.arrive();
          signal.throwIfAborted();
        });
        await channel.send(JSON.stringify({ hold: true }));
        await say(held, "waiting for all of its processes to stop");
        await orGoesOn(async () => {
          await this.#held.arrive();
          await work();
        });
      });
    } catch (error) {
      this.#ready.fail(error);
      this.#held.fail(error);
      throw error;
    }
  }
}
