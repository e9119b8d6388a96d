import type { DeploymentSpec, WorkerPlace } from "../../experiment/benchmarkFields.ts";
import type { ExperimentDraft, SoftwareEntry } from "../../experiment/draft.ts";
import type { KubernetesSpec } from "./schema.ts";

/** Continuum leaves half a core to the node. */
const nodeCpus = 0.5;

/**
 * Continuum leaves half a GiB. That can be too little here: the guest's kernel takes some 50 MiB, the kubelet keeps 100
 * MiB free, and flannel and CoreDNS ask for 190 MiB. A pod that asks for the rest would never be scheduled.
 */
const nodeMiB = 768;

/** A worker's own need, measured: 125 MiB. */
const leastMiB = 128;

/** The testbed's cluster; there is at most one. */
function kubernetesIn(software: readonly SoftwareEntry[]): KubernetesSpec | undefined {
  return software.find((entry): entry is KubernetesSpec => entry.kind === "kubernetes");
}

/** The cluster that the benchmark's workers run on: it was named, or its workers are the machines of the named tier. */
export function workloadCluster(benchmark: { worker: WorkerPlace } | undefined, software: readonly SoftwareEntry[]) {
  const cluster = kubernetesIn(software);
  if (benchmark === undefined || cluster === undefined) return undefined;
  return benchmark.worker === "kubernetes" || cluster.workers.includes(benchmark.worker) ? cluster : undefined;
}

/** What the file leaves open follows from the smallest tier of worker nodes, shared by the pods of a node. */
export function deploymentOf(
  spec: Pick<ExperimentDraft, "tiers">,
  cluster: KubernetesSpec,
  { applicationsPerWorker = 1, workerCpu, workerMemoryMiB }: Partial<DeploymentSpec> = {},
): DeploymentSpec {
  const { cpus, memoryMiB } = smallestWorker(spec, cluster);
  return {
    applicationsPerWorker,
    workerCpu: workerCpu ?? (cpus - nodeCpus) / applicationsPerWorker,
    workerMemoryMiB: workerMemoryMiB ?? Math.max(leastMiB, Math.floor((memoryMiB - nodeMiB) / applicationsPerWorker)),
  };
}

/** Where the workers run and, in pods, how they are deployed, of a benchmark that the file leaves that open for. */
export function placed<Own extends WorkerPlace>(
  { worker, deployment }: { worker: Own; deployment?: Partial<DeploymentSpec> },
  spec: Pick<ExperimentDraft, "tiers" | "software">,
): { worker: Own | "kubernetes"; deployment?: DeploymentSpec } {
  const cluster = workloadCluster({ worker }, spec.software);
  if (cluster === undefined) return { worker };
  return { worker: "kubernetes", deployment: deploymentOf(spec, cluster, deployment) };
}

/** Cores and memory that every worker node has at least. */
export function smallestWorker({ tiers }: Pick<ExperimentDraft, "tiers">, cluster: KubernetesSpec) {
  const present = cluster.workers.flatMap((tier) => tiers[tier] ?? []).filter(({ count }) => count > 0);
  return {
    cpus: Math.min(...present.map(({ cpus }) => cpus)),
    memoryMiB: Math.min(...present.map(({ memoryMiB }) => memoryMiB)),
  };
}
