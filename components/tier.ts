import * as pulumi from "@pulumi/pulumi";
import type { InfrastructureProvider } from "./infrastructure.ts";
import { Machine } from "./machine.ts";
import type { ArtifactSource } from "./mirror.ts";
import type { MachinePlan } from "./plan/types.ts";
import type { TierName } from "./experiment/tier.ts";

/** The machines of one tier. */
export class Tier extends pulumi.ComponentResource {
  readonly machines: Machine[];

  constructor(
    stack: string,
    tier: TierName,
    machines: MachinePlan[],
    infrastructure: InfrastructureProvider,
    artifacts: ArtifactSource,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("strata:index:Tier", tier, { count: machines.length }, opts);
    this.machines = machines.map((machine) => new Machine(stack, machine, infrastructure, artifacts, { parent: this }));
  }

  /**
   * Ends the registration of its machines.
   *
   * @returns what resolves once all of them are there, with their software.
   */
  finish(): pulumi.Output<unknown> {
    const complete = this.machines.map((machine) => machine.finish());
    this.registerOutputs();
    return pulumi.all(complete);
  }
}
