import * as pulumi from "@pulumi/pulumi";
import type { InfrastructureProvider } from "./infrastructure.ts";
import type { ArtifactSource } from "./kubernetes/mirror.ts";
import { shapeMachine } from "./network/shaping.ts";
import type { MachinePlan } from "./plan/types.ts";
import { softwarePhase } from "./software/phase.ts";
import { stagesOf } from "./software/stages.ts";

/** One machine: the machine itself, what it does to the packets it sends, and its software. */
export class Machine extends pulumi.ComponentResource {
  readonly name: string;
  readonly address: string;
  /** The machine itself: what is on it goes with it. */
  readonly machine: pulumi.CustomResource;
  /** What comes last on the machine, in a cluster before its node: its software, or where it has none, that it answers. */
  readonly software: pulumi.Resource;
  /** Resolves once all of the machine is there. */
  complete: pulumi.Output<unknown>;
  readonly #services: (after: pulumi.Resource[]) => pulumi.Resource | undefined;

  /** @param artifacts what a cluster's software is fetched through, in a testbed that has one. */
  constructor(
    stack: string,
    plan: MachinePlan,
    infrastructure: InfrastructureProvider,
    artifacts: ArtifactSource | undefined,
    opts: pulumi.ComponentResourceOptions,
  ) {
    const { name, tier, address, cpus, memoryMiB, quota } = plan;
    super("strata:index:Machine", name, { tier, address, cpus, memoryMiB, quota }, opts);

    const found = infrastructure.machine(plan, { parent: this });
    const { machine, ready } = found;
    const onMachine = { parent: this, dependsOn: ready, deletedWith: machine };
    const shaping = shapeMachine(stack, plan, machine.id, onMachine);
    const sources = artifacts?.(plan, found, { parent: this }) ?? [];
    const { software: roles, services } = stagesOf(plan.roles, artifacts !== undefined);
    const afterwards = { ...onMachine, dependsOn: [ready, ...sources] };
    const software = softwarePhase(`${name}-software`, stack, plan, roles, machine.id, afterwards) ?? ready;
    this.#services = (after) => {
      const afterNodes = { ...onMachine, dependsOn: [software, ...sources, ...after] };
      return softwarePhase(`${name}-services`, stack, plan, services, machine.id, afterNodes);
    };
    this.name = name;
    this.address = address;
    this.machine = machine;
    this.software = software;
    this.complete = pulumi.all([ready, shaping, software].map((part) => part?.urn));

    this.registerOutputs();
  }

  /** Gives the machine what no node waits for, after them: side by side, an emulated control plane answers too late. */
  addServices(after: pulumi.Resource[]): void {
    const services = this.#services(after);
    if (services !== undefined) this.complete = pulumi.all([this.complete, services.urn]);
  }
}
