import { placed } from "../../../components/kinds/kubernetes/deployment.ts";
import type { Rule } from "../../../components/experiment/rule.ts";
import type { ExperimentDraft } from "../../../components/experiment/draft.ts";
import type { StressDraft } from "./spec.ts";

/** What the machine's system, or a pod's Node.js, needs beside the load; measured: 90 MiB in a container. */
const ownMiB = 128;

export function stressRules(benchmark: StressDraft): Rule[] {
  const { cores, memoryMiB } = benchmark;
  return [
    {
      path: ["benchmark", "memory"],
      needs: ["tiers", "software", "benchmark"],
      when: (spec) => memoryMiB + ownMiB > roomOf(spec, benchmark).memoryMiB,
      reason: (spec) =>
        `${memoryMiB} MiB of load don't fit into a worker of ${roomOf(spec, benchmark).memoryMiB} MiB, which needs ${ownMiB} itself`,
      fix: "lower it, or give the workers more memory",
    },
    {
      path: ["benchmark", "cores"],
      needs: ["tiers", "software", "benchmark"],
      severity: "warning",
      when: (spec) => cores > Math.max(1, Math.ceil(roomOf(spec, benchmark).cpus)),
      reason: (spec) => `${cores} threads share the ${roomOf(spec, benchmark).cpus} cores of a worker`,
      fix: "lower it, or give the workers more cpus",
    },
  ];
}

/** Of one worker; without end where it has no machine, which is another rule's. */
function roomOf(spec: ExperimentDraft, benchmark: StressDraft): { cpus: number; memoryMiB: number } {
  const { worker, deployment } = placed(benchmark, spec);
  if (deployment !== undefined) return { cpus: deployment.workerCpu, memoryMiB: deployment.workerMemoryMiB };
  const tier = worker === "kubernetes" ? undefined : spec.tiers[worker];
  return tier ?? { cpus: Infinity, memoryMiB: Infinity };
}
