import { join } from "node:path";
import type { TestbedOutputs } from "../../components/contract/testbed.ts";
import { podLauncher } from "../cluster/podLauncher.ts";
import { collect } from "../collect/collect.ts";
import type { Collected } from "../collect/collect.ts";
import type { Transport } from "../transport/transport.ts";
import type { Part, Workload } from "../workload.ts";
import { asError } from "../../providers/kit/plain/errors.ts";
import type { Limits } from "../parts/limits.ts";
import type { Progress } from "./progress.ts";
import { machineLauncher, RemotePart } from "../parts/remotePart.ts";
import { waitReady } from "../parts/waiting.ts";

/** What a part of a run is done with. */
export interface RunPlan {
  /** Names the run on the machines: letters, digits, dots, dashes. */
  run: string;
  transport: Transport;
  testbed: TestbedOutputs;
  limits: Limits;
  /** Raw files are kept here. */
  directory: string;
  signal: AbortSignal;
  progress: Progress;
}

/** All parts of one run, in the order that the workload names them. */
export class Parts {
  readonly all: readonly { part: Part; remote: RemotePart }[];
  readonly #plan: RunPlan;
  readonly #workload: Pick<Workload, "read" | "resultFields">;

  constructor(plan: RunPlan, parts: readonly Part[], workload: Pick<Workload, "read" | "resultFields">) {
    const { transport, run, limits } = plan;
    const common = { transport, limitMs: limits.commandMs, resultFields: workload.resultFields };
    this.#plan = plan;
    this.#workload = workload;
    this.all = parts.map((part) => {
      const { role, place } = part;
      const { name, machine } = place;
      const launcher = name === machine.name ? machineLauncher(run, role) : podLauncher(run, role, name);
      return { part, remote: new RemotePart({ ...common, machine, name, role, launcher }) };
    });
  }

  /** Those whose end ends the run. */
  get ending(): RemotePart[] {
    return this.all.filter(({ part }) => part.ends).map(({ remote }) => remote);
  }

  /** Those that serve them until they are stopped. */
  get serving(): RemotePart[] {
    return this.all.filter(({ part }) => !part.ends).map(({ remote }) => remote);
  }

  /**
   * Starts all side by side, since each machine loads its own, and waits until those are ready that wait for the start sign
   * or serve.
   * @param mostMs a part ends by itself then. @throws RemoteError or Error naming the machine and what it did last.
   */
  async start(mostMs: number): Promise<void> {
    const { run, limits, signal } = this.#plan;
    const starts = this.all.map(({ part, remote }) =>
      remote.start({ run, id: part.place.name, ...part.config }, signal),
    );
    // All of them: who starts after it was stopped would stay.
    await Promise.allSettled(starts);
    await Promise.all(starts);
    const wait = { limitMs: limits.readyMs, mostMs, pollMs: Math.min(2000, limits.pollMs), signal };
    const awaited = this.all.filter(({ part }) => part.waitsForGo || !part.ends);
    await Promise.all(awaited.map(({ remote }) => waitReady(remote, wait)));
  }

  /** Gives the start sign to those that wait for it. @param at when it is for a machine, by that machine's clock. */
  async go(at: (machine: string) => number): Promise<void> {
    const waiting = this.all.filter(({ part }) => part.waitsForGo);
    await Promise.all(waiting.map(({ remote }) => remote.go(at(remote.machine.name), this.#plan.signal)));
  }

  /** Ends every process, also after an abort. @returns why some could not be stopped. */
  async stop(): Promise<Error[]> {
    const stopped = await Promise.allSettled(this.all.map(({ remote }) => remote.stop()));
    return stopped.flatMap((one) => (one.status === "rejected" ? [asError(one.reason)] : []));
  }

  /** Fetches all samples into the folder NAME. Files that could not be fetched or written stay on the machine. */
  async collect(name: string): Promise<Collected[]> {
    const directory = join(this.#plan.directory, name);
    const read = (role: string, text: string) => this.#workload.read(role, text);
    const collected = await Promise.all(
      this.all.map(({ part, remote }) => collect(remote, directory, part.mostSamples, read)),
    );
    if (!collected.some(({ problem }) => problem)) {
      await Promise.all(this.all.map(({ remote }) => remote.clean().catch(() => undefined)));
    }
    return collected;
  }
}
