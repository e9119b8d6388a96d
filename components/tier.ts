import * as pulumi from "@pulumi/pulumi";
import type { InfrastructureProvider } from "./infrastructure.ts";
import { Machine } from "./machine.ts";
import type { MachinePlan } from "./plan/types.ts";
import type { TierName } from "./spec/tier.ts";

/** The machines of one tier. */
export class Tier extends pulumi.ComponentResource {
  readonly machines: Machine[];

  /** @param mirror what a cluster's software is fetched from, in a testbed that has one. */
  constructor(
    stack: string,
    tier: TierName,
    machines: MachinePlan[],
    infrastructure: InfrastructureProvider,
    mirror: pulumi.Resource | undefined,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("strata:index:Tier", tier, { count: machines.length }, opts);
    this.machines = machines.map((machine) => new Machine(stack, machine, infrastructure, mirror, { parent: this }));
    this.registerOutputs();
  }
}
