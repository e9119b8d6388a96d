import { setTimeout as sleep } from "node:timers/promises";
import type { MachineOutputs, TestbedOutputs } from "../../components/contract/testbed.ts";
import type { BenchmarkBase } from "../../components/experiment/workload.ts";
import type { Limits } from "../parts/limits.ts";
import type { Transport } from "../transport/transport.ts";
import { readCluster } from "./state.ts";
import type { ClusterState, Pod } from "./state.ts";

/** A benchmark whose workers are pods. */
export interface Cluster {
  control: MachineOutputs;
  /** Names of the machines that are worker nodes. */
  workers: readonly string[];
  /** Pods there should be. */
  pods: number;
}

/** @returns undefined where the workers are no pods. @throws Error when the testbed's outputs contradict themselves. */
export function clusterOf(
  { name, machines, kubernetes }: TestbedOutputs,
  benchmark: Pick<BenchmarkBase, "worker" | "deployment">,
): Cluster | undefined {
  if (benchmark.worker !== "kubernetes") return undefined;
  const control = machines.find((machine) => machine.name === kubernetes?.controlPlane);
  if (kubernetes === undefined || control === undefined || benchmark.deployment === undefined) {
    throw new Error(`testbed ${name} has no Kubernetes cluster to run the worker; build it again: strata up ${name}`);
  }
  const pods = kubernetes.workers.length * benchmark.deployment.applicationsPerWorker;
  return { control, workers: kubernetes.workers, pods };
}

export interface PodWait {
  transport: Transport;
  limits: Limits;
  signal: AbortSignal;
  onState?: (ready: number) => void;
}

/**
 * Waits until all worker pods are ready.
 * @throws Error after the limit, naming each that is not, with the cluster's reason.
 */
export async function waitPods(
  cluster: Cluster,
  { transport, limits, signal, onState }: PodWait,
): Promise<ClusterState> {
  const until = performance.now() + limits.readyMs;
  for (;;) {
    const state = await readCluster(transport, cluster.control, limits.commandMs, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      // A control plane that is slow, or comes back from a reboot, has as long as its pods have.
      if (performance.now() > until) throw error;
      return undefined;
    });
    const ready = state === undefined ? [] : readyPods(state);
    if (state !== undefined && ready.length >= cluster.pods) return state;
    onState?.(ready.length);
    if (state !== undefined && performance.now() > until) {
      const missing = state.pods.filter((pod) => !ready.includes(pod)).map((pod) => `${pod.name} (${standing(pod)})`);
      const found = `${ready.length} of ${cluster.pods} worker pods were ready within ${limits.readyMs / 1000} s`;
      throw new Error(missing.length === 0 ? found : `${found}; not ready: ${missing.join("; ")}`);
    }
    await sleep(limits.pollMs, undefined, { signal });
  }
}

/** Pods that a run can use. */
export const readyPods = ({ pods }: ClusterState): Pod[] => pods.filter(({ ready, ending }) => ready && !ending);

/**
 * What happened to a run's pods between two looks at the cluster: a sentence each. Whatever it is, the run's figures are
 * not those of the testbed that was asked for.
 */
export function disturbances(cluster: Cluster, before: ClusterState, after: ClusterState): string[] {
  const lost = after.nodes.filter(({ name, ready }) => cluster.workers.includes(name) && !ready);
  const nodes = lost.map(
    ({ name, problem }) => `worker node ${name} was lost${problem === undefined ? "" : ` (${problem})`}`,
  );
  const pods = readyPods(before).flatMap((pod): string[] => {
    if (lost.some(({ name }) => name === pod.node)) return [];
    const now = after.pods.find(({ name }) => name === pod.name);
    if (now === undefined || now.ending) return [`pod ${pod.name} on ${pod.node ?? "no node"} was removed`];
    if (now.restarts > pod.restarts) return [`pod ${pod.name} on ${pod.node ?? "no node"} was restarted`];
    return [];
  });
  return [...nodes, ...pods];
}

export function standing(pod: Pod): string {
  return pod.problem ?? (pod.ending ? "is being ended" : `${pod.phase}, not ready`);
}
