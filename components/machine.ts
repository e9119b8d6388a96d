import * as pulumi from "@pulumi/pulumi";
import type { InfrastructureProvider } from "./infrastructure.ts";
import { shapeMachine } from "./network/shaping.ts";
import type { MachinePlan } from "./plan/types.ts";
import { softwarePhase } from "./software/phase.ts";

/** One machine: the machine itself, what it does to the packets it sends, and its software. */
export class Machine extends pulumi.ComponentResource {
  /** The last of the machine's resources. */
  readonly complete: pulumi.Resource;

  constructor(
    stack: string,
    plan: MachinePlan,
    infrastructure: InfrastructureProvider,
    opts: pulumi.ComponentResourceOptions,
  ) {
    const { name, tier, address, cpus, memoryMiB, quota } = plan;
    super("strata:index:Machine", name, { tier, address, cpus, memoryMiB, quota }, opts);

    const machine = infrastructure.machine(plan, { parent: this });
    const onMachine = { parent: this, dependsOn: machine.ready, deletedWith: machine.host };
    const shaping = shapeMachine(stack, plan, onMachine);
    this.complete = softwarePhase(stack, plan, { ...onMachine, dependsOn: [machine.ready, shaping] });

    this.registerOutputs();
  }
}
