import type * as pulumi from "@pulumi/pulumi";
import { Mirror } from "@strata/resources";
import type { InfrastructureProvider } from "../infrastructure.ts";
import { mirrorPort } from "../plan/mirror.ts";
import type { Plan } from "../plan/types.ts";

/** Opens the artifact mirror to the testbed's machines, at their network's address of this host and nowhere else. */
export function openMirror(
  { name, network }: Plan,
  infrastructure: InfrastructureProvider,
  opts: { parent: pulumi.Resource },
): Mirror {
  return new Mirror(
    "mirror",
    { stack: name, namespace: infrastructure.facts.namespace, address: network.hostAddress, port: mirrorPort },
    { ...opts, dependsOn: infrastructure.network },
  );
}
