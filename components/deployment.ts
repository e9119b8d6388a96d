import type * as pulumi from "@pulumi/pulumi";
import type { InfrastructureProvider } from "./infrastructure.ts";
import type { Machine } from "./machine.ts";
import type { Plan } from "./plan/types.ts";

/** Makes the resources that a kind of software has beside its machines' roles, which have run. */
export type Deploy = (testbed: BuiltTestbed, opts: { parent: pulumi.Resource }) => Deployed;

/** The testbed as it is when software is deployed on it. */
export interface BuiltTestbed {
  plan: Plan;
  /** All machines. */
  machines: readonly Machine[];
  infrastructure: Pick<InfrastructureProvider, "network" | "facts">;
}

/** What was deployed. */
export interface Deployed {
  /** What a machine's later runs come after. */
  before: (machine: Machine) => pulumi.Resource[];
  /** Resolves once all of it is there. */
  complete: pulumi.Output<unknown>;
  /** The administrator's way in from this host, where kubectl has one. Secret. */
  kubeconfig?: pulumi.Output<string>;
}
