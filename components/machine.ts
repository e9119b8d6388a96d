import * as pulumi from "@pulumi/pulumi";
import type { InfrastructureProvider } from "./infrastructure.ts";
import type { ArtifactSource } from "./mirror.ts";
import { shapeMachine } from "./network/shaping.ts";
import type { Stage } from "./plan/stages.ts";
import type { MachinePlan } from "./plan/types.ts";
import { softwarePhase } from "./software/phase.ts";

/** One machine: the machine itself, what it does to the packets it sends, and the runs of its software. */
export class Machine extends pulumi.ComponentResource {
  readonly name: string;
  readonly address: string;
  /** The machine itself: what is on it goes with it. */
  readonly machine: pulumi.CustomResource;
  readonly #stack: string;
  readonly #plan: MachinePlan;
  /** What its software is fetched through. */
  readonly #sources: readonly pulumi.Resource[];
  readonly #parts: pulumi.Resource[];
  #software: pulumi.Resource;

  constructor(
    stack: string,
    plan: MachinePlan,
    infrastructure: InfrastructureProvider,
    artifacts: ArtifactSource,
    opts: pulumi.ComponentResourceOptions,
  ) {
    const { name, tier, address, cpus, memoryMiB, quota } = plan;
    const from = infrastructure.origin(plan);
    super("strata:index:Machine", name, { tier, address, cpus, memoryMiB, quota, from }, opts);

    const found = infrastructure.machine(plan, { parent: this });
    const { machine, ready } = found;
    const onMachine = { parent: this, dependsOn: ready, deletedWith: machine };
    const { device } = infrastructure.facts;
    const shaping = shapeMachine(stack, plan, { id: machine.id, device }, onMachine);

    this.name = name;
    this.address = address;
    this.machine = machine;
    this.#stack = stack;
    this.#plan = plan;
    this.#sources = artifacts(plan, found, { parent: this });
    this.#parts = [ready, shaping].filter((part) => part !== undefined);
    this.#software = ready;
  }

  /** What came last on the machine so far: a run of its software, or that it answers. */
  get software(): pulumi.Resource {
    return this.#software;
  }

  /**
   * Runs the machine's part of a stage, where it has one.
   *
   * @param after what the run comes after, beside all that the machine had before.
   */
  run(stage: Stage, after: readonly pulumi.Resource[]): void {
    const run = softwarePhase(
      `${this.name}-${stage.name}`,
      this.#stack,
      this.#plan,
      stage.roles(this.#plan),
      this.machine.id,
      { parent: this, dependsOn: [this.#software, ...this.#sources, ...after], deletedWith: this.machine },
    );
    if (run === undefined) return;
    this.#parts.push(run);
    this.#software = run;
  }

  /**
   * Ends the registration of its parts.
   *
   * @returns what resolves once all of them are there.
   */
  finish(): pulumi.Output<unknown> {
    this.registerOutputs();
    return pulumi.all(this.#parts.map(({ urn }) => urn));
  }
}
