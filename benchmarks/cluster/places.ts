import type { TestbedOutputs } from "../../components/contract/testbed.ts";
import { largest } from "../metrics/extent.ts";
import { groupBy } from "../metrics/groupBy.ts";
import type { Place } from "../workload.ts";
import type { Pod } from "./state.ts";

/**
 * Where pods are: nodes are named as their machines. Pods of one node follow each other only after all others', so that
 * whoever goes through them spreads.
 * @throws Error when the testbed has no machine for a pod's node.
 */
export function podPlaces(
  { name, machines }: Pick<TestbedOutputs, "name" | "machines">,
  pods: readonly Pod[],
): Place[] {
  const places = pods.map((pod) => {
    const machine = machines.find((candidate) => candidate.name === pod.node);
    if (machine === undefined)
      throw new Error(`testbed ${name} has no machine ${pod.node ?? ""} that pod ${pod.name} is on`);
    return { name: pod.name, machine };
  });
  const byMachine = [...groupBy(places, ({ machine }) => machine.name).values()];
  const longest = largest(
    byMachine.map(({ length }) => length),
    0,
  );
  return Array.from({ length: longest }, (_, i) => byMachine.flatMap((own) => own[i] ?? [])).flat();
}
