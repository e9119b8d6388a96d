import type { TestbedOutputs } from "../../components/contract/testbed.ts";
import type { BenchmarkBase } from "../../components/experiment/workload.ts";
import type { Place } from "../workload.ts";

/**
 * All places of a workload that does the same everywhere: each machine of the worker's tier, or each pod.
 * @throws Error when there is none.
 */
export function everywhere(
  { name, machines }: Pick<TestbedOutputs, "name" | "machines">,
  { workload, worker }: Pick<BenchmarkBase, "workload" | "worker">,
  pods: readonly Place[] = [],
): Place[] {
  const own = machines.filter(({ tier }) => tier === worker).map((machine) => ({ name: machine.name, machine }));
  const places = worker === "kubernetes" ? [...pods] : own;
  if (places.length > 0) return places;
  throw new Error(
    `testbed ${name} has no ${worker === "kubernetes" ? "worker pod" : `${worker} machine`} to run ${workload}`,
  );
}
