import type * as pulumi from "@pulumi/pulumi";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { containerRecipe } from "../../../../artifacts/oci/recipe.ts";
import { passwordsDirectory } from "../../../../local/stateDirectory.ts";
import { workloadOf } from "../../../experiment/whole/benchmark.ts";
import type { Plan } from "../../../plan/types.ts";
import { mqttPort } from "../../mqtt/brokers.ts";
import type { Cluster } from "./cluster.ts";
import { clusterProvider } from "./provider.ts";
import { WorkerDeployment } from "./worker.ts";

/** The user of the brokers that ansible/roles/mqtt makes. */
const username = "strata";

/** Puts the benchmark's workers on the cluster, where it wants them there. */
export function deployWorkers(
  plan: Plan,
  { kubeconfig, control, nodes }: Pick<Cluster, "kubeconfig" | "control" | "nodes">,
  opts: { parent: pulumi.Resource },
): WorkerDeployment | undefined {
  const { kubernetes, benchmark, machines } = plan;
  const part = benchmark && workloadOf(benchmark).partOn(benchmark, "kubernetes");
  if (kubernetes === undefined || benchmark?.deployment === undefined || part === undefined) return undefined;
  const broker = machines.find(({ tier }) => tier === part.broker);
  const provider = clusterProvider({ kubeconfig, identity: control.id }, { ...opts, deletedWith: control });
  return new WorkerDeployment(
    {
      workers: kubernetes.workers.length,
      role: part.role,
      image: containerRecipe(part.role).image,
      deployment: benchmark.deployment,
      ...(broker === undefined
        ? {}
        : {
            broker: { host: broker.address, port: mqttPort, username },
            // There is a file by then; a preview of a new testbed never comes here.
            password: kubeconfig.apply(() => readFileSync(join(passwordsDirectory(plan.name), "mqtt"), "utf8").trim()),
          }),
    },
    { ...opts, providers: { kubernetes: provider }, dependsOn: [...nodes], deletedWith: control },
  );
}
