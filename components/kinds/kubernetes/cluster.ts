import { z } from "zod";
import { tierNames, type TierName } from "../../experiment/tier.ts";
import type { MachinePlace, Surroundings } from "../kind.ts";
import type { KubernetesSpec } from "./schema.ts";

/** kubeadm's own port of the API server. */
export const apiPort = 6443;

/** What the cluster's resources are made from. */
export interface KubernetesPlan {
  version: string;
  /** Name of the machine that is the control plane. */
  controlPlane: string;
  /** Names of the machines that are workers, in plan order. */
  workers: string[];
  podCidr: string;
  serviceCidr: string;
  /** Address of the API server, as the machines reach it: "10.83.0.1:6443". */
  server: string;
  /** Nodes without a machine. */
  simulatedNodes: number;
}

/** What a machine is in the cluster; it depends on its tier and index alone, never on how many machines there are. */
export function nodeKind(cluster: KubernetesSpec, { tier, index }: MachinePlace): "control" | "worker" | undefined {
  if (tier === cluster.controlPlane && index === 0) return "control";
  return cluster.workers.includes(tier) ? "worker" : undefined;
}

export function planKubernetes(cluster: KubernetesSpec, testbed: Surroundings): KubernetesPlan {
  const { version, controlPlane, podCidr, serviceCidr, simulatedNodes } = cluster;
  return {
    version,
    controlPlane: testbed.machineName(controlPlane, 0),
    workers: workers(cluster, testbed),
    podCidr,
    serviceCidr,
    server: `${testbed.machineAddress(controlPlane, 0)}:${apiPort}`,
    simulatedNodes,
  };
}

/** Their names, in plan order. */
function workers(cluster: KubernetesSpec, { tiers, machineName }: Surroundings): string[] {
  const ofTier = (tier: TierName) =>
    Array.from({ length: tiers[tier]?.count ?? 0 }, (_, index) => index)
      .filter((index) => nodeKind(cluster, { tier, index }) === "worker")
      .map((index) => machineName(tier, index));
  return tierNames.flatMap(ofTier);
}

/** The cluster in the testbed's outputs. */
export const clusterOutputsSchema = z.strictObject({
  version: z.string(),
  /** Names of the machine that is the control plane, and of the workers. */
  controlPlane: z.string(),
  workers: z.array(z.string()),
  podCidr: z.string(),
  serviceCidr: z.string(),
  /** Address of the API server, as the machines reach it: "10.83.0.1:6443". */
  server: z.string(),
});

export function clusterOutputs(plan: KubernetesPlan): z.output<typeof clusterOutputsSchema> {
  const { version, controlPlane, workers, podCidr, serviceCidr, server } = plan;
  return { version, controlPlane, workers, podCidr, serviceCidr, server };
}

/** An entry that makes such a cluster. */
export function clusterEntry(
  { controlPlane, workers }: z.output<typeof clusterOutputsSchema>,
  tierOf: (machine: string) => TierName | undefined,
): object {
  return { controlPlane: tierOf(controlPlane), workers: [...new Set(workers.flatMap((name) => tierOf(name) ?? []))] };
}
