import type { DeploymentSpec } from "../../experiment/benchmarkFields.ts";
import type { Rule } from "../../experiment/rule.ts";
import type { ExperimentDraft } from "../../experiment/draft.ts";
import { deploymentOf, smallestWorker, workloadCluster } from "./deployment.ts";
import { workerCount } from "./rules.ts";

/** What the benchmark asks of the cluster, where it runs on one that has machines. */
function asked(spec: ExperimentDraft) {
  const cluster = workloadCluster(spec.benchmark, spec.software);
  if (cluster === undefined || workerCount(spec, cluster) === 0) return undefined;
  const deployment = deploymentOf(spec, cluster, spec.benchmark?.deployment);
  return {
    ...deployment,
    pods: workerCount(spec, cluster) * deployment.applicationsPerWorker,
    node: smallestWorker(spec, cluster),
  };
}

/** How many worker pods the benchmark has; undefined where its workers are no pods. */
export const pods = (spec: ExperimentDraft): number | undefined => asked(spec)?.pods;

/** Settings that only workers on a cluster have, as the file calls them. */
const settings = {
  applicationsPerWorker: "applicationsPerWorker",
  workerCpu: "workerCpu",
  workerMemoryMiB: "workerMemory",
} as const satisfies Record<keyof DeploymentSpec, string>;

/** Rules about a benchmark whose workers run on the cluster. */
export const deploymentRules: readonly Rule[] = [
  {
    path: ["benchmark", "worker"],
    needs: ["software", "benchmark"],
    when: (spec) =>
      spec.benchmark?.worker === "kubernetes" && workloadCluster(spec.benchmark, spec.software) === undefined,
    reason: () => "the workers are to run on Kubernetes, and there is none",
    fix: 'add "{ kind: kubernetes }" to software, or name a tier',
  },
  ...Object.entries(settings).map(([key, name]): Rule => ({
    path: ["benchmark", name],
    needs: ["software", "benchmark"],
    when: (spec) =>
      spec.benchmark?.deployment?.[key as keyof DeploymentSpec] !== undefined &&
      workloadCluster(spec.benchmark, spec.software) === undefined,
    reason: () => "is a setting of workers on a Kubernetes cluster, and these run on no such",
    fix: 'leave it out, or add "{ kind: kubernetes }" to software',
  })),
  {
    path: ["benchmark", "workerCpu"],
    needs: ["tiers", "software", "benchmark"],
    when: (spec) => {
      const all = asked(spec);
      return all !== undefined && all.applicationsPerWorker * all.workerCpu > all.node.cpus;
    },
    reason: (spec) => {
      const { applicationsPerWorker = 0, workerCpu = 0, node } = asked(spec) ?? {};
      return `${applicationsPerWorker} x ${workerCpu} cores don't fit on a node of ${node?.cpus ?? 0}: the pods would never start`;
    },
    fix: "lower workerCpu or applicationsPerWorker, or give the workers' tier more cpus",
  },
  {
    path: ["benchmark", "workerMemory"],
    needs: ["tiers", "software", "benchmark"],
    when: (spec) => {
      const all = asked(spec);
      return all !== undefined && all.applicationsPerWorker * all.workerMemoryMiB > all.node.memoryMiB;
    },
    reason: (spec) => {
      const { applicationsPerWorker = 0, workerMemoryMiB = 0, node } = asked(spec) ?? {};
      return `${applicationsPerWorker} x ${workerMemoryMiB} MiB don't fit on a node of ${node?.memoryMiB ?? 0} MiB: the pods would never start`;
    },
    fix: "lower workerMemory or applicationsPerWorker, or give the workers' tier more memory",
  },
];
