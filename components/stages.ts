import type * as pulumi from "@pulumi/pulumi";
import type { Deployed } from "./deployment.ts";
import { deployments } from "./deployments.ts";
import type { InfrastructureProvider } from "./infrastructure.ts";
import type { Machine } from "./machine.ts";
import { planStages } from "./plan/stages.ts";
import type { Plan } from "./plan/types.ts";

/** Runs the software of the machines stage by stage, and deploys between them what has resources of its own. */
export function runStages(
  plan: Plan,
  machines: readonly Machine[],
  infrastructure: InfrastructureProvider,
  opts: { parent: pulumi.Resource },
): Deployed[] {
  const deployed: Deployed[] = [];
  for (const stage of planStages(plan)) {
    for (const machine of machines) {
      machine.run(
        stage,
        deployed.flatMap(({ before }) => before(machine)),
      );
    }
    for (const kind of stage.deploys) deployed.push(deployments[kind]({ plan, machines, infrastructure }, opts));
  }
  return deployed;
}
