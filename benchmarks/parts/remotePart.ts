import type { z } from "zod";
import { runsDirectory } from "../../components/contract/runs.ts";
import { startSignFile, type RoleState } from "../workloads/container/protocol.ts";
import { parseResult, parseState, type PartResult } from "./partFiles.ts";
import { RemoteError } from "../transport/transport.ts";
import type { Machine, RemoteOptions, Transport } from "../transport/transport.ts";

/** Of one sample's line, of some 150; and of what there is beside the planned ones. */
const lineBytes = 300;
const slackBytes = 2 ** 20;

/** The slowest way that samples come: a busy emulated machine, through ssh. */
const bytesPerMs = 100;

export interface PartStatus {
  /** Absent: the part has not written one yet. */
  state?: RoleState;
  /** Exit status, once the part has ended. */
  exited?: number;
}

/** How a part is started and ended on its machine; shell commands. What it writes is the same for all. */
export interface Launcher {
  /** The folder with the part's files. */
  directory: string;
  /** Starts it with the configuration on standard input. */
  start: string;
  /** Prints "active" or "exited N". */
  status: string;
  /** Returns once it has ended. */
  stop: string;
  logs: string;
  /** Removes the part's files. */
  clean: string;
}

export interface RemotePartOptions {
  transport: Transport;
  machine: Machine;
  /** What it is in its workload. */
  role: string;
  /** The machine's name, or the pod's. */
  name: string;
  launcher: Launcher;
  /** What its result has beside the common fields. */
  resultFields: z.ZodRawShape;
  /** For one short command. */
  limitMs: number;
}

/** Containers that the launcher `strata-workload` starts on the machine itself. */
export function machineLauncher(run: string, role: string): Launcher {
  const directory = `${runsDirectory}/${run}`;
  const command = (action: string): string => `strata-workload ${action} ${run} ${role}`;
  return {
    directory,
    start: command("start"),
    status: command("status"),
    stop: command("stop"),
    logs: command("logs"),
    clean: `rm -rf ${directory}`,
  };
}

/** One part for one repetition, reached through the machine that it is on. */
export class RemotePart {
  readonly machine: Machine;
  readonly role: string;
  readonly name: string;
  /** Name for messages, with the machine where that is another. */
  readonly place: string;
  readonly #transport: Transport;
  readonly #launcher: Launcher;
  readonly #limitMs: number;
  readonly #resultFields: z.ZodRawShape;

  constructor({ transport, machine, role, name, launcher, limitMs, resultFields }: RemotePartOptions) {
    this.#transport = transport;
    this.machine = machine;
    this.role = role;
    this.name = name;
    this.place = name === machine.name ? name : `${name} on ${machine.name}`;
    this.#launcher = launcher;
    this.#limitMs = limitMs;
    this.#resultFields = resultFields;
  }

  async start(config: object, signal?: AbortSignal): Promise<void> {
    const input = JSON.stringify(config);
    await this.#remote(this.#launcher.start, `start the ${this.role}`, { input, signal });
  }

  async status(signal?: AbortSignal): Promise<PartStatus> {
    const command = `${this.#launcher.status}; cat ${this.#file("state.json")} 2>/dev/null || true`;
    const output = await this.#remote(command, `look at the ${this.role}`, { signal });
    const [first = "", ...rest] = output.split("\n");
    const exited = /^exited (\d+)/.exec(first)?.[1];
    const text = rest.join("\n").trim();
    return {
      state: text === "" ? undefined : parseState(text),
      exited: exited === undefined ? undefined : Number(exited),
    };
  }

  /** Tells it when to begin, by its own clock. */
  async go(startAtMs: number, signal?: AbortSignal): Promise<void> {
    const file = `${this.#launcher.directory}/${startSignFile(this.role)}`;
    const input = JSON.stringify({ startAtMs });
    await this.#remote(`cat > ${file}.new && mv ${file}.new ${file}`, "give the start sign", { input, signal });
  }

  async stop(): Promise<void> {
    await this.#remote(this.#launcher.stop, `stop the ${this.role}`);
  }

  /** The end of what it printed; empty when that can't be had. */
  async logs(): Promise<string> {
    return this.#remote(this.#launcher.logs, `logs of the ${this.role}`).catch(() => "");
  }

  /** The samples file as it is; undefined when there is none. @param most lines: how much a machine may send. */
  async samples(most: number): Promise<string | undefined> {
    const mostBytes = Math.ceil(most) * lineBytes + slackBytes;
    return this.#read("csv", { mostBytes, limitMs: this.#limitMs + mostBytes / bytesPerMs });
  }

  /** How the part ended; undefined when it has not, or was killed. */
  async result(): Promise<PartResult | undefined> {
    const text = await this.#read("result.json");
    return text === undefined ? undefined : parseResult(text, this.#resultFields);
  }

  /** Removes the part's files from the machine. */
  async clean(): Promise<void> {
    await this.#remote(this.#launcher.clean, "remove the run's files");
  }

  /** @throws RemoteError that tells why the part ended, from its result or the end of its log. */
  async failed(exited: number): Promise<never> {
    const result = await this.result().catch(() => undefined);
    const place = { ...this.machine, name: this.place };
    if (result?.reason !== undefined) throw new RemoteError(place, `the ${this.role} failed`, result.reason);
    throw new RemoteError(place, `the ${this.role} ended`, `status ${exited}`, await this.logs());
  }

  #file(name: string): string {
    return `${this.#launcher.directory}/${this.role}.${name}`;
  }

  async #read(name: string, bounds?: { mostBytes: number; limitMs: number }): Promise<string | undefined> {
    const command = `cat ${this.#file(name)} 2>/dev/null || true`;
    const output = await this.#remote(command, `fetch ${this.role}.${name}`, bounds);
    return output === "" ? undefined : output;
  }

  #remote(command: string, what: string, options: Partial<RemoteOptions> = {}): Promise<string> {
    return this.#transport.run(this.machine, command, { what, limitMs: this.#limitMs, ...options });
  }
}
