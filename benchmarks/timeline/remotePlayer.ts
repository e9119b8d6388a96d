import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { messageOf } from "../../providers/kit/plain/errors.ts";
import { printable } from "../../providers/kit/plain/printable.ts";
import { quoted } from "../../providers/kit/plain/shellWord.ts";
import type { Conversation, Machine, RemoteOptions, Transport } from "../transport/transport.ts";
import { RemoteError } from "../transport/transport.ts";
import type { FaultOrder } from "./faultOrders.ts";

const read = (name: string): string => readFileSync(join(import.meta.dirname, name), "utf8");
const player = `${read("queues.py")}\n\n${read("player.py")}`;
const guard = read("guard.sh");

/** Where player and guard are on a machine; the same in both of them. */
const here = "/run/strata-player";
const unit = "strata-player";

const mostErrors = 100;

/** What a player did, by its machine's wall clock, in ms since 1970. */
const resultSchema = z.strictObject({
  /** When it saw measuring begin; null: it never did. */
  startedMs: z.number().nullable(),
  changes: z.int(),
  /** Steps of traces that it had no time for. */
  skipped: z.int(),
  /** How long after its time a change was in force. */
  latenessMs: z.strictObject({ mean: z.number(), max: z.number() }),
  faults: z.array(z.strictObject({ fault: z.int(), beganMs: z.number(), endedMs: z.number().nullable() })),
  // The first ones tell what is wrong.
  errors: z.array(z.string()).transform((errors) => errors.slice(0, mostErrors).map(printable)),
  restored: z.boolean(),
});

export type PlayerResult = z.infer<typeof resultSchema>;

interface PlayerOptions {
  /** After which systemd ends the player, whatever the runner does. */
  lifetimeMs: number;
  /** For one short command. */
  limitMs: number;
  signal: AbortSignal;
}

/**
 * The player of one machine for one repetition: a unit of systemd, which runs the guard when the player has ended. The ssh
 * command that started it stays and carries what the runner says. If the runner dies, so does that, and the player undoes
 * all that it changed; if the host does, systemd ends the player after its lifetime.
 */
export class RemotePlayer {
  readonly machine: Machine;
  readonly #transport: Transport;
  readonly #limitMs: number;
  #conversation?: Conversation;

  constructor(transport: Transport, machine: Machine, { limitMs }: Pick<PlayerOptions, "limitMs">) {
    this.machine = machine;
    this.#transport = transport;
    this.#limitMs = limitMs;
  }

  /** @throws RemoteError with the end of its log when it does not get ready. */
  async start(faults: readonly FaultOrder[], { lifetimeMs, signal }: Omit<PlayerOptions, "limitMs">): Promise<void> {
    const options: RemoteOptions = { what: "start the links' player", limitMs: this.#limitMs, signal };
    await this.#transport.run(this.machine, prepare, { ...options, input: player });
    const order = `${JSON.stringify({ faults })}\n`;
    try {
      const command = startCommand(Math.ceil(lifetimeMs / 1000));
      this.#conversation = await this.#transport.converse(this.machine, command, { ...options, input: order });
    } catch (error) {
      signal.throwIfAborted();
      throw await this.#explained(error);
    }
  }

  /** @param beginMs start of measuring, by the machine's wall clock. */
  begin(beginMs: number): void {
    this.#conversation?.say(`${JSON.stringify({ beginMs })}\n`);
  }

  /**
   * Returns once the links have their own values again; undefined when it was never started.
   * @throws RemoteError when it had ended before or could not undo something; the guard has then.
   */
  async end(): Promise<PlayerResult | undefined> {
    const conversation = this.#conversation;
    if (conversation === undefined) return undefined;
    this.#conversation = undefined;
    const text = await conversation.end(this.#limitMs);
    const parsed = resultSchema.safeParse(text === "" ? undefined : JSON.parse(text));
    if (!parsed.success) throw await this.#explained(new Error("it ended before the run did"));
    return parsed.data;
  }

  async #explained(error: unknown): Promise<RemoteError> {
    const words = messageOf(error);
    const command = `journalctl --no-pager --output cat --unit ${unit} --lines 20`;
    const log = await this.#transport
      .run(this.machine, command, { what: "log of the links' player", limitMs: this.#limitMs })
      .catch(() => "");
    return new RemoteError(this.machine, "the links' player failed", words, log);
  }
}

/** A player of a run that died may be at its end still; it is ended first. */
const prepare = [
  `systemctl stop ${unit} 2>/dev/null || true`,
  `mkdir -p ${here}`,
  `rm -f ${here}/control ${here}/events`,
  `mkfifo ${here}/control ${here}/events`,
  `printf %s ${quoted(guard)} > ${here}/guard`,
  `cat > ${here}/player`,
].join(" && ");

/** Passes on what the runner says until it says no more, and what the player says until it ends. */
const startCommand = (lifetimeS: number): string =>
  `systemd-run --quiet --collect --unit ${unit} --property RuntimeMaxSec=${lifetimeS} ` +
  `--property 'ExecStopPost=/bin/sh ${here}/guard' python3 ${here}/player && ` +
  `{ cat <&3 > ${here}/control 2>/dev/null & } 3<&0 && exec cat ${here}/events`;
