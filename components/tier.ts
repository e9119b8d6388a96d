import * as pulumi from "@pulumi/pulumi";
import type { InfrastructureProvider } from "./infrastructure.ts";
import type { ArtifactSource } from "./kubernetes/mirror.ts";
import { Machine } from "./machine.ts";
import type { MachinePlan } from "./plan/types.ts";
import type { TierName } from "./spec/tier.ts";

/** The machines of one tier. */
export class Tier extends pulumi.ComponentResource {
  readonly machines: Machine[];

  /** @param artifacts what a cluster's software is fetched through, in a testbed that has one. */
  constructor(
    stack: string,
    tier: TierName,
    machines: MachinePlan[],
    infrastructure: InfrastructureProvider,
    artifacts: ArtifactSource | undefined,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("strata:index:Tier", tier, { count: machines.length }, opts);
    this.machines = machines.map((machine) => new Machine(stack, machine, infrastructure, artifacts, { parent: this }));
    this.registerOutputs();
  }
}
