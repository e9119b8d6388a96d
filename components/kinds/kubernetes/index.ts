import type { DeployedKind } from "../kind.ts";
import { kubernetesArtifacts } from "./artifacts.ts";
import { kubernetesHealth } from "./health.ts";
import { clusterEntry, clusterOutputs, clusterOutputsSchema, planKubernetes, type KubernetesPlan } from "./cluster.ts";
import { deploymentRules } from "./deploymentRules.ts";
import { kubernetesRoles, nodeRoles } from "./roles.ts";
import { kubernetesRules } from "./rules.ts";
import { kubernetesSchema } from "./schema.ts";

/** A Kubernetes cluster: a control plane and workers, made by kubeadm, and what a benchmark has on it. */
export const kubernetes: DeployedKind<typeof kubernetesSchema, KubernetesPlan, typeof clusterOutputsSchema> = {
  title: "Kubernetes",
  schema: kubernetesSchema,
  rules: kubernetesRules,
  generalRules: deploymentRules,
  roles: kubernetesRoles,
  ranges: ({ podCidr, serviceCidr }) => [podCidr, serviceCidr],
  image: {
    packages: ["conntrack", "ebtables", "nftables", "runc", "socat"],
    insteadOf: ["containerd"],
    diskMib: 5120,
  },
  artifacts: kubernetesArtifacts,
  health: kubernetesHealth,
  setup: "asked",
  deployedAfter: nodeRoles,
  deployment: planKubernetes,
  outputs: { schema: clusterOutputsSchema, of: clusterOutputs, entry: clusterEntry },
};
