import type {
  PublisherConfig,
  Role,
  RoleResult,
  RoleState,
  WorkerConfig,
} from "../workloads/image-classification/shared/protocol.ts";
import { RemoteError } from "../transport/transport.ts";
import type { Machine, Transport } from "../transport/transport.ts";

/** Where the launcher `strata-workload` keeps a run's files on a machine. */
export const runsDirectory = "/var/lib/strata/runs";

export interface RoleStatus {
  /** Absent: the role has not written one yet. */
  state?: RoleState;
  /** Exit status, once the container has ended. */
  exited?: number;
}

/** One role on one machine for one repetition, driven through the launcher `strata-workload`. */
export class RemoteRole {
  readonly machine: Machine;
  readonly role: Role;
  readonly #run: string;
  readonly #transport: Transport;
  readonly #limitMs: number;

  constructor(transport: Transport, machine: Machine, role: Role, run: string, limitMs: number) {
    this.#transport = transport;
    this.machine = machine;
    this.role = role;
    this.#run = run;
    this.#limitMs = limitMs;
  }

  async start(config: WorkerConfig | PublisherConfig, signal?: AbortSignal): Promise<void> {
    await this.#launcher("start", { input: JSON.stringify(config), signal });
  }

  async status(signal?: AbortSignal): Promise<RoleStatus> {
    const command = `strata-workload status ${this.#run} ${this.role}; cat ${this.#file("state.json")} 2>/dev/null || true`;
    const output = await this.#remote(command, `look at the ${this.role}`, { signal });
    const [first = "", ...rest] = output.split("\n");
    const exited = /^exited (\d+)/.exec(first)?.[1];
    const text = rest.join("\n").trim();
    return {
      state: text === "" ? undefined : (JSON.parse(text) as RoleState),
      exited: exited === undefined ? undefined : Number(exited),
    };
  }

  /** Tells the publisher when to send its first photo, by its own clock. */
  async go(startAtMs: number, signal?: AbortSignal): Promise<void> {
    const file = this.#file("go.json");
    const input = JSON.stringify({ startAtMs });
    await this.#remote(`cat > ${file}.new && mv ${file}.new ${file}`, "give the start sign", { input, signal });
  }

  async stop(): Promise<void> {
    await this.#launcher("stop");
  }

  /** The end of what the container printed; empty when that can't be had. */
  async logs(): Promise<string> {
    return this.#launcher("logs").catch(() => "");
  }

  /** The samples file as it is; undefined when there is none. */
  async samples(): Promise<string | undefined> {
    return this.#read("csv");
  }

  /** How the role ended; undefined when it has not, or was killed. */
  async result(): Promise<RoleResult | undefined> {
    const text = await this.#read("result.json");
    return text === undefined ? undefined : (JSON.parse(text) as RoleResult);
  }

  /** Removes the run's files from the machine. */
  async clean(): Promise<void> {
    await this.#remote(`rm -rf ${runsDirectory}/${this.#run}`, "remove the run's files");
  }

  /** @throws RemoteError that tells why the role ended, from its result or the end of its log. */
  async failed(exited: number): Promise<never> {
    const result = await this.result().catch(() => undefined);
    if (result?.reason !== undefined) throw new RemoteError(this.machine, `the ${this.role} failed`, result.reason);
    throw new RemoteError(this.machine, `the ${this.role} ended`, `status ${exited}`, await this.logs());
  }

  #file(name: string): string {
    return `${runsDirectory}/${this.#run}/${this.role}.${name}`;
  }

  async #read(name: string): Promise<string | undefined> {
    const output = await this.#remote(`cat ${this.#file(name)} 2>/dev/null || true`, `fetch ${this.role}.${name}`);
    return output === "" ? undefined : output;
  }

  #launcher(action: string, options: { input?: string; signal?: AbortSignal } = {}): Promise<string> {
    return this.#remote(`strata-workload ${action} ${this.#run} ${this.role}`, `${action} the ${this.role}`, options);
  }

  #remote(command: string, what: string, options: { input?: string; signal?: AbortSignal } = {}): Promise<string> {
    return this.#transport.run(this.machine, command, { what, limitMs: this.#limitMs, ...options });
  }
}
