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
const injector = `${read("queues.py")}\n\n${read("injector.py")}`;
const guard = read("guard.sh");

/** Where injector and guard are on a machine; the same in both of them. */
const here = "/run/strata-injector";
const unit = "strata-injector";

const mostErrors = 100;

/** What an injector did, by its machine's wall clock, in ms since 1970. */
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

export type InjectorResult = z.infer<typeof resultSchema>;

interface InjectorOptions {
  /** After which systemd ends the injector, whatever the runner does. */
  lifetimeMs: number;
  /** For one short command. */
  limitMs: number;
  signal: AbortSignal;
}

/**
 * The injector of one machine for one repetition: a unit of systemd, which runs the guard when the injector has ended. The ssh
 * command that started it stays and carries what the runner says. If the runner dies, so does that, and the injector undoes
 * all that it changed; if the host does, systemd ends the injector after its lifetime.
 */
export class RemoteInjector {
  readonly machine: Machine;
  readonly #transport: Transport;
  readonly #limitMs: number;
  #conversation?: Conversation;

  constructor(transport: Transport, machine: Machine, { limitMs }: Pick<InjectorOptions, "limitMs">) {
    this.machine = machine;
    this.#transport = transport;
    this.#limitMs = limitMs;
  }

  /** @throws RemoteError with the end of its log when it does not get ready. */
  async start(faults: readonly FaultOrder[], { lifetimeMs, signal }: Omit<InjectorOptions, "limitMs">): Promise<void> {
    const options: RemoteOptions = { what: "start the links' injector", limitMs: this.#limitMs, signal };
    await this.#transport.run(this.machine, prepare, { ...options, input: injector });
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
  async end(): Promise<InjectorResult | undefined> {
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
      .run(this.machine, command, { what: "log of the links' injector", limitMs: this.#limitMs })
      .catch(() => "");
    return new RemoteError(this.machine, "the links' injector failed", words, log);
  }
}

/** An injector of a run that died may be at its end still; it is ended first, also by the name that it had before. */
const prepare = [
  `systemctl stop ${unit} strata-player 2>/dev/null || true`,
  `mkdir -p ${here}`,
  `rm -f ${here}/control ${here}/events`,
  `mkfifo ${here}/control ${here}/events`,
  `printf %s ${quoted(guard)} > ${here}/guard`,
  `cat > ${here}/injector`,
].join(" && ");

/** Passes on what the runner says until it says no more, and what the injector says until it ends. */
const startCommand = (lifetimeS: number): string =>
  `systemd-run --quiet --collect --unit ${unit} --property RuntimeMaxSec=${lifetimeS} ` +
  `--property 'ExecStopPost=/bin/sh ${here}/guard' python3 ${here}/injector && ` +
  `{ cat <&3 > ${here}/control 2>/dev/null & } 3<&0 && exec cat ${here}/events`;
