import * as pulumi from "@pulumi/pulumi";
import type { InfrastructureProvider } from "./infrastructure.ts";
import { shapeMachine } from "./network/shaping.ts";
import type { MachinePlan } from "./plan/types.ts";
import { softwarePhase } from "./software/phase.ts";

/** One machine: the machine itself, what it does to the packets it sends, and its software. */
export class Machine extends pulumi.ComponentResource {
  /** Resolves once all of the machine is there. */
  readonly complete: pulumi.Output<unknown>;

  constructor(
    stack: string,
    plan: MachinePlan,
    infrastructure: InfrastructureProvider,
    opts: pulumi.ComponentResourceOptions,
  ) {
    const { name, tier, address, cpus, memoryMiB, quota } = plan;
    super("strata:index:Machine", name, { tier, address, cpus, memoryMiB, quota }, opts);

    const { machine, ready } = infrastructure.machine(plan, { parent: this });
    const onMachine = { parent: this, dependsOn: ready, deletedWith: machine };
    const shaping = shapeMachine(stack, plan, machine.id, onMachine);
    const software = softwarePhase(stack, plan, machine.id, onMachine);
    this.complete = pulumi.all([shaping.urn, software.urn]);

    this.registerOutputs();
  }
}
