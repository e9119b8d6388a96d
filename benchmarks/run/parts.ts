import { join } from "node:path";
import type { TestbedOutputs } from "../../components/contract/testbed.ts";
import { podLauncher } from "../cluster/podLauncher.ts";
import { collectPublisher, collectWorker } from "../collect/collect.ts";
import type { Collected } from "../collect/collect.ts";
import type { PublisherSample, WorkerSample } from "../metrics/samples.ts";
import type { Transport } from "../transport/transport.ts";
import type { PublisherConfig } from "../workloads/image-classification/shared/protocol.ts";
import { asError } from "../../providers/kit/plain/errors.ts";
import type { Assignment } from "./assignment.ts";
import type { Limits } from "./limits.ts";
import type { Progress } from "./progress.ts";
import { machineLauncher, RemoteRole } from "./role.ts";
import { waitReady } from "./waiting.ts";

/** What a part of a run is done with. */
export interface RunPlan {
  /** Names the run on the machines: letters, digits, dots, dashes. */
  run: string;
  transport: Transport;
  testbed: TestbedOutputs;
  assignment: Assignment;
  limits: Limits;
  /** Raw files are kept here. */
  directory: string;
  signal: AbortSignal;
  progress: Progress;
}

/** Workers and publishers of one run, in the order of its assignment. */
export class Parts {
  readonly workers: RemoteRole[];
  readonly publishers: RemoteRole[];
  readonly #plan: RunPlan;
  #configs: readonly PublisherConfig[] = [];

  constructor(plan: RunPlan) {
    const { transport, run, limits, assignment } = plan;
    const common = { transport, limitMs: limits.commandMs };
    this.#plan = plan;
    this.workers = assignment.workers.map(({ name, machine }) => {
      const launcher = name === machine.name ? machineLauncher(run, "worker") : podLauncher(run, name);
      return new RemoteRole({ ...common, machine, name, role: "worker", launcher });
    });
    this.publishers = assignment.endpoints.map(({ endpoint }) => {
      const launcher = machineLauncher(run, "publisher");
      return new RemoteRole({ ...common, machine: endpoint, name: endpoint.name, role: "publisher", launcher });
    });
  }

  get #all(): RemoteRole[] {
    return [...this.publishers, ...this.workers];
  }

  /**
   * Starts all side by side, since each machine loads its own, and waits until they are ready.
   * @param workerLimitMs a worker ends by itself then. @throws RemoteError or Error naming the machine and what it did last.
   */
  async start(configs: readonly PublisherConfig[], workerLimitMs: number): Promise<void> {
    const { run, limits, signal } = this.#plan;
    this.#configs = configs;
    const starts = [
      ...this.workers.map((one) => one.start({ run, id: one.name, limitMs: workerLimitMs }, signal)),
      ...this.publishers.map((one, i) => one.start(configs[i] as PublisherConfig, signal)),
    ];
    // All of them: who starts after it was stopped would stay.
    await Promise.allSettled(starts);
    await Promise.all(starts);
    const wait = { limitMs: limits.readyMs, mostMs: workerLimitMs, pollMs: Math.min(2000, limits.pollMs), signal };
    await Promise.all(this.#all.map((one) => waitReady(one, wait)));
  }

  /** Ends every container, also after an abort. @returns why some could not be stopped. */
  async stop(): Promise<Error[]> {
    const stopped = await Promise.allSettled(this.#all.map((one) => one.stop()));
    return stopped.flatMap((one) => (one.status === "rejected" ? [asError(one.reason)] : []));
  }

  /** Fetches all samples into the folder NAME. Files that could not be fetched or written stay on the machine. */
  async collect(name: string): Promise<{ sent: Collected<PublisherSample>[]; done: Collected<WorkerSample>[] }> {
    const directory = join(this.#plan.directory, name);
    const sent = await Promise.all(
      this.publishers.map((one) =>
        collectPublisher(
          one,
          directory,
          this.#photos(({ id }) => id === one.name),
        ),
      ),
    );
    const done = await Promise.all(
      this.workers.map((one) =>
        collectWorker(
          one,
          directory,
          this.#photos(({ worker }) => worker === one.name),
        ),
      ),
    );
    if (![...sent, ...done].some(({ problem }) => problem)) {
      await Promise.all(this.#all.map((one) => one.clean().catch(() => undefined)));
    }
    return { sent, done };
  }

  /** Photos that the publishers of whom this holds were to send. */
  #photos(holds: (config: PublisherConfig) => boolean): number {
    const each = this.#configs
      .filter(holds)
      .map(({ rateHz, warmupMs, durationMs }) => 1 + (rateHz * (warmupMs + durationMs)) / 1000);
    return each.reduce((sum, photos) => sum + photos, 0);
  }
}
