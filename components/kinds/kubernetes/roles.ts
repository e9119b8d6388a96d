import type { MachinePlace, RolePlan, Surroundings } from "../kind.ts";
import { apiPort, nodeKind } from "./cluster.ts";
import type { KubernetesSpec } from "./schema.ts";
import { kubernetesReleases } from "./versions.ts";

/** After these, a machine is, or can become, a node of the cluster that is ready. */
export const nodeRoles = ["kubernetes_control", "flannel", "kubernetes_worker"];

/** Roles of a machine of the cluster, in the order they run; none for one that is outside of it. */
export function kubernetesRoles(cluster: KubernetesSpec, machine: MachinePlace, testbed: Surroundings): RolePlan[] {
  const kind = nodeKind(cluster, machine);
  if (kind === undefined) return [];
  const { tier, index } = machine;
  const { mirror } = testbed;
  const { version, podCidr, serviceCidr, kubeletConfig, features, simulatedNodes } = cluster;
  const control = testbed.machineAddress(cluster.controlPlane, 0);
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
        kubernetes_node_address: testbed.machineAddress(tier, index),
        kubernetes_node_service_cidr: serviceCidr,
        kubernetes_node_mirror: mirror,
        kubernetes_node_resolver: testbed.hostAddress,
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
        kubernetes_control_name: testbed.machineName(tier, index),
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
