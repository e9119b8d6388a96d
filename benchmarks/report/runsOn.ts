import type { TierName } from "../../components/experiment/tier.ts";
import type { BenchmarkBase } from "../../components/experiment/workload.ts";
import type { Report } from "./schema.ts";

/** Whether a benchmark's workers are on machines of a tier: as containers, or in pods on the cluster's workers. */
export function runsOn(
  tier: TierName,
  { machines, kubernetes }: Report["testbed"],
  { worker, deployment }: Pick<BenchmarkBase, "worker" | "deployment">,
): boolean {
  if (deployment === undefined) return worker === tier;
  return machines.some((machine) => machine.tier === tier && kubernetes?.workers.includes(machine.name));
}
