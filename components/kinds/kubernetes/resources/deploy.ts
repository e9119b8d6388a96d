import * as pulumi from "@pulumi/pulumi";
import type { BuiltTestbed, Deployed } from "../../../deployment.ts";
import { Cluster } from "./cluster.ts";
import { deployWorkers } from "./workload.ts";

/** Makes the machines' software a cluster, and puts on it what the benchmark wants there. */
export function deployKubernetes(
  { plan, machines, infrastructure }: BuiltTestbed,
  opts: { parent: pulumi.Resource },
): Deployed {
  if (plan.kubernetes === undefined) throw new Error("the plan has no cluster");
  const built = new Cluster({ stack: plan.name, plan: plan.kubernetes, machines, infrastructure }, opts);
  const workers = deployWorkers(plan, built, opts);
  const pods = workers === undefined ? [] : [workers];
  return {
    before: (machine) => [...built.nodesBefore(machine), ...pods],
    complete: pulumi.all([built, ...pods].map(({ complete }) => complete)),
    kubeconfig: built.kubeconfig,
  };
}
