import type { KubernetesSpec } from "../spec/kubernetes.ts";
import { kubernetesReleases } from "../spec/kubernetesVersions.ts";
import type { TestbedSpec } from "../spec/testbed.ts";
import { tierNames, type TierName } from "../spec/tier.ts";
import { machineAddress } from "./addressing.ts";
import { machineName } from "./naming.ts";
import { mirrorUrl } from "./mirror.ts";
import type { KubernetesPlan, NetworkPlan, RolePlan } from "./types.ts";

/** kubeadm's own port of the API server. */
const apiPort = 6443;

/** What a machine is in the cluster; it depends on its tier and index alone, never on how many machines there are. */
export function nodeKind(cluster: KubernetesSpec, tier: TierName, index: number): "control" | "worker" | undefined {
  if (tier === cluster.controlPlane && index === 0) return "control";
  return cluster.workers.includes(tier) ? "worker" : undefined;
}

export function planKubernetes(spec: TestbedSpec, cluster: KubernetesSpec, network: string): KubernetesPlan {
  const { version, controlPlane, podCidr, serviceCidr, simulatedNodes } = cluster;
  return {
    version,
    controlPlane: machineName(controlPlane, 0),
    workers: clusterMachines(spec, cluster).filter((name) => name !== machineName(controlPlane, 0)),
    podCidr,
    serviceCidr,
    server: `${machineAddress(network, controlPlane, 0)}:${apiPort}`,
    simulatedNodes,
  };
}

/** Names of the cluster's machines, in plan order. */
export function clusterMachines(spec: TestbedSpec, cluster: KubernetesSpec): string[] {
  return tierNames.flatMap((tier) =>
    Array.from({ length: spec.tiers[tier]?.count ?? 0 }, (_, index) => index)
      .filter((index) => nodeKind(cluster, tier, index) !== undefined)
      .map((index) => machineName(tier, index)),
  );
}

/** Roles of a machine of the cluster, in the order they run; none for one that is outside of it. */
export function kubernetesRoles(
  cluster: KubernetesSpec,
  provider: TestbedSpec["provider"],
  network: NetworkPlan,
  tier: TierName,
  index: number,
): RolePlan[] {
  const kind = nodeKind(cluster, tier, index);
  if (kind === undefined) return [];
  const { version, podCidr, serviceCidr, kubeletConfig, features, simulatedNodes } = cluster;
  const mirror = mirrorUrl(provider, network);
  const control = machineAddress(network.cidr, cluster.controlPlane, 0);
  const release = kubernetesReleases[version];
  const node: RolePlan[] = [
    {
      role: "containerd",
      variables: { containerd_mirror: cluster.registry ?? mirror, containerd_pause_version: release.pause },
    },
    {
      role: "kubernetes_node",
      variables: {
        kubernetes_node_version: version,
        kubernetes_node_address: machineAddress(network.cidr, tier, index),
        kubernetes_node_service_cidr: serviceCidr,
        kubernetes_node_mirror: mirror,
        kubernetes_node_resolver: network.hostAddress,
        kubernetes_node_kubelet_config: sorted(kubeletConfig),
        kubernetes_node_features: sorted(features),
      },
    },
  ];
  if (kind === "worker") {
    const variables = { kubernetes_worker_version: version, kubernetes_worker_mirror: mirror };
    return [...node, { role: "kubernetes_worker", variables }];
  }
  return [
    ...node,
    {
      role: "kubernetes_control",
      variables: {
        kubernetes_control_version: version,
        kubernetes_control_name: machineName(tier, index),
        kubernetes_control_address: control,
        kubernetes_control_pod_cidr: podCidr,
        kubernetes_control_service_cidr: serviceCidr,
        kubernetes_control_mirror: mirror,
        kubernetes_control_features: sorted(features),
      },
    },
    { role: "flannel", variables: { flannel_pod_cidr: podCidr, flannel_api_host: control, flannel_api_port: apiPort } },
    { role: "metrics_server", variables: {} },
    ...(simulatedNodes > 0 ? [{ role: "kwok", variables: { kwok_nodes: simulatedNodes } }] : []),
  ];
}

/** Keys in a fixed order: their order in the file means nothing, and is no change. */
function sorted<T>(record: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
