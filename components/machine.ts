import * as pulumi from "@pulumi/pulumi";
import type { InfrastructureProvider } from "./infrastructure.ts";
import { shapeMachine } from "./network/shaping.ts";
import type { MachinePlan } from "./plan/types.ts";
import { softwarePhase } from "./software/phase.ts";

/** One machine: the machine itself, what it does to the packets it sends, and its software. */
export class Machine extends pulumi.ComponentResource {
  readonly name: string;
  readonly address: string;
  /** The machine itself: what is on it goes with it. */
  readonly machine: pulumi.CustomResource;
  /** What comes last on the machine: its software, or where it has none, that it answers. */
  readonly software: pulumi.Resource;
  /** Resolves once all of the machine is there. */
  readonly complete: pulumi.Output<unknown>;

  /** @param sources what the machine's software is fetched from. */
  constructor(
    stack: string,
    plan: MachinePlan,
    infrastructure: InfrastructureProvider,
    sources: pulumi.Resource[],
    opts: pulumi.ComponentResourceOptions,
  ) {
    const { name, tier, address, cpus, memoryMiB, quota } = plan;
    super("strata:index:Machine", name, { tier, address, cpus, memoryMiB, quota }, opts);

    const { machine, ready } = infrastructure.machine(plan, { parent: this });
    const onMachine = { parent: this, dependsOn: ready, deletedWith: machine };
    const shaping = shapeMachine(stack, plan, machine.id, onMachine);
    const software = softwarePhase(stack, plan, machine.id, { ...onMachine, dependsOn: [ready, ...sources] }) ?? ready;
    this.name = name;
    this.address = address;
    this.machine = machine;
    this.software = software;
    this.complete = pulumi.all([ready, shaping, software].map((part) => part?.urn));

    this.registerOutputs();
  }
}
