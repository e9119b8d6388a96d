import type * as pulumi from "@pulumi/pulumi";
import type { MachinePlan } from "./plan/types.ts";

/** A machine that exists. */
export interface MachineResource {
  /** The machine itself. Another id is another machine, on which all has to be done again; what is on it goes with it. */
  machine: pulumi.CustomResource;
  /** Registered once the machine answers by ssh. */
  ready: pulumi.Resource;
}

/** A kind of infrastructure made ready for one testbed: it creates machines. One folder a kind. */
export interface InfrastructureProvider {
  machine(plan: MachinePlan, opts: { parent: pulumi.Resource }): MachineResource;
  /** The machines' network: what listens at the host's address in it comes after it. */
  readonly network: pulumi.Resource;
  /** For the testbed's outputs. */
  readonly facts: InfrastructureFacts;
}

export interface InfrastructureFacts {
  kind: "libvirt";
  host: "system" | "embedded" | "remote";
  accelerator: "kvm" | "tcg";
  /** Network namespace through which the machines are reached, where there is one. */
  namespace?: string;
  /** Content key of the machine image. */
  image: string;
  /** Name of each machine's host, where there are several. */
  hostOf?: Readonly<Record<string, string>>;
  /** Each host's address in the machines' network, by its name. */
  hostAddresses?: Readonly<Record<string, string>>;
}
