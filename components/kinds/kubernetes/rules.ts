import { cidrsOverlap, parseCidr } from "../../experiment/cidr.ts";
import type { Rule } from "../../experiment/rule.ts";
import type { ExperimentDraft } from "../../experiment/draft.ts";
import type { TierName } from "../../experiment/tier.ts";
import type { KubernetesSpec } from "./schema.ts";

/**
 * kubeadm's preflight wants 1700 MiB that the guest can use (ControlPlaneMem in its constants). Of 1.75 GiB, the guest's
 * kernel leaves that much. Measured: a control plane with flannel fills 0.8 GiB.
 */
const controlPlaneMiB = 1792;
/** kubelet, containerd and flannel; kubelet evicts pods when less than 100 MiB are free. */
const workerMiB = 1024;
/** kubeadm's preflight: ControlPlaneNumCPU. */
const controlPlaneCpus = 2;

const count = (spec: ExperimentDraft, tier: TierName): number => spec.tiers[tier]?.count ?? 0;

/** How many machines are workers: all of their tiers but the control plane. */
export function workerCount(spec: Pick<ExperimentDraft, "tiers">, cluster: KubernetesSpec): number {
  return [...new Set(cluster.workers)].reduce(
    (sum, tier) => sum + Math.max(0, (spec.tiers[tier]?.count ?? 0) - (tier === cluster.controlPlane ? 1 : 0)),
    0,
  );
}

/** Rules about the cluster at place `i` of the list of software. */
export function kubernetesRules(cluster: KubernetesSpec, i: number): Rule[] {
  const { controlPlane, workers } = cluster;
  const path = (...rest: (string | number)[]) => ["software", i, ...rest];
  return [
    {
      path: path(),
      needs: ["software"],
      when: (spec) => spec.software.slice(0, i).some(({ kind }) => kind === "kubernetes"),
      reason: () => "a second cluster can't run on the same machines",
      fix: "keep one kubernetes",
    },
    {
      path: path("controlPlane"),
      needs: ["tiers", "software"],
      when: (spec) => count(spec, controlPlane) === 0,
      reason: () => `the control plane runs on the first machine of ${controlPlane}, a tier without machines`,
      fix: `set tiers.${controlPlane}.count to 1 or more, or choose another tier`,
    },
    ...workers.flatMap((tier, j): Rule[] => [
      {
        path: path("workers", j),
        needs: ["software"],
        when: () => workers.indexOf(tier) < j,
        reason: () => `${tier} is listed twice`,
        fix: "remove one",
      },
      {
        path: path("workers", j),
        needs: ["tiers", "software"],
        when: (spec) => count(spec, tier) === 0,
        reason: () => `workers run on ${tier}, a tier without machines`,
        fix: `set tiers.${tier}.count to 1 or more, or leave the tier out of workers`,
      },
      {
        path: ["tiers", tier, "memory"],
        needs: ["tiers", "software"],
        when: (spec) =>
          count(spec, tier) > 0 && tier !== controlPlane && (spec.tiers[tier]?.memoryMiB ?? 0) < workerMiB,
        reason: (spec) => `${spec.tiers[tier]?.memoryMiB ?? 0} MiB leave no room for pods on a Kubernetes node`,
        fix: `write at least "${workerMiB} MiB"`,
      },
    ]),
    {
      path: path("workers"),
      needs: ["tiers", "software"],
      when: (spec) => workers.every((tier) => count(spec, tier) > 0) && workerCount(spec, cluster) === 0,
      reason: () => `no machine is left for a worker: the only one of ${controlPlane} is the control plane`,
      fix: `set tiers.${controlPlane}.count to 2 or more, or name another tier in workers`,
    },
    {
      path: ["tiers", controlPlane, "memory"],
      needs: ["tiers", "software"],
      when: (spec) => count(spec, controlPlane) > 0 && (spec.tiers[controlPlane]?.memoryMiB ?? 0) < controlPlaneMiB,
      reason: (spec) =>
        `${spec.tiers[controlPlane]?.memoryMiB ?? 0} MiB is too little for a Kubernetes control plane: kubeadm wants 1700 MiB besides the guest's kernel`,
      fix: 'write at least "1.75 GiB"',
    },
    {
      path: ["tiers", controlPlane, "cpus"],
      needs: ["tiers", "software"],
      when: (spec) => count(spec, controlPlane) > 0 && (spec.tiers[controlPlane]?.cpus ?? 0) < controlPlaneCpus,
      reason: (spec) =>
        `${spec.tiers[controlPlane]?.cpus ?? 0} core is too little for a Kubernetes control plane: kubeadm wants ${controlPlaneCpus}`,
      fix: `write at least ${controlPlaneCpus}`,
    },
    overlap(path("serviceCidr"), cluster.serviceCidr, "podCidr", () => cluster.podCidr),
    overlap(path("podCidr"), cluster.podCidr, "the testbed's network", ({ provider }) => provider.network),
    overlap(path("serviceCidr"), cluster.serviceCidr, "the testbed's network", ({ provider }) => provider.network),
    {
      path: path("podCidr"),
      needs: ["tiers", "software"],
      when: (spec) => nodeCount(spec, cluster) > nodesIn(cluster.podCidr),
      reason: (spec) =>
        `${nodeCount(spec, cluster)} nodes with a /24 each don't fit into ${cluster.podCidr}, which has room for ${nodesIn(cluster.podCidr)}`,
      fix: "use a shorter prefix",
    },
  ];
}

function overlap(
  path: Rule["path"],
  range: string,
  other: string,
  otherRange: (spec: ExperimentDraft) => string | undefined,
): Rule {
  return {
    path,
    needs: ["provider", "software"],
    when: (spec) => overlapping(range, otherRange(spec)),
    reason: (spec) => `${range} overlaps ${other} ${otherRange(spec) ?? ""}`,
    fix: "choose a range that shares no address with it",
  };
}

function overlapping(a: string, b: string | undefined): boolean {
  const [one, two] = [parseCidr(a), b === undefined ? undefined : parseCidr(b)];
  return one !== undefined && two !== undefined && cidrsOverlap(one, two);
}

/** The control plane, the workers and the simulated nodes. */
const nodeCount = (spec: ExperimentDraft, cluster: KubernetesSpec): number =>
  1 + workerCount(spec, cluster) + cluster.simulatedNodes;

/** The controller manager gives each node a /24. */
const nodesIn = (podCidr: string): number => 2 ** (24 - (parseCidr(podCidr)?.prefix ?? 24));
