import type * as pulumi from "@pulumi/pulumi";
import type { MachinePlan } from "./plan/types.ts";

/** A machine that exists. */
export interface MachineResource {
  /** What the machine lives and dies with: what runs on it need not be deleted when this is. */
  host: pulumi.Resource;
  /** Resolves once the machine answers by ssh; its value changes when the machine is another one. */
  ready: pulumi.Resource;
}

/** A kind of infrastructure made ready for one testbed: it creates machines. One folder a kind. */
export interface InfrastructureProvider {
  machine(plan: MachinePlan, opts: { parent: pulumi.Resource }): MachineResource;
  /** For the testbed's outputs. */
  readonly facts: InfrastructureFacts;
}

export interface InfrastructureFacts {
  kind: "libvirt";
  host: "system" | "embedded";
  accelerator: "kvm" | "tcg";
  /** Network namespace through which the machines are reached, where there is one. */
  namespace?: string;
  /** Content key of the machine image. */
  image: string;
}
