// Generated from the plugin's own definitions (npm run schema).

import * as pulumi from "@pulumi/pulumi";
import type { AccessRates, ShapingRule } from "./types.ts";

export interface ShapingArgs {
  /** Stack whose credentials are used. */
  stack: pulumi.Input<string>;
  /** Name of the machine, for messages. */
  machine: pulumi.Input<string>;
  /** IPv4 address of the machine. */
  address: pulumi.Input<string>;
  /** Network device in the machine. Default: eth0. */
  device?: pulumi.Input<string | undefined>;
  /**
   * By the tier that packets go to (cloud, edge, endpoint), or a machine with a rule of its own (endpoint-3). Where
   * there is no rule, packets go unchanged.
   */
  rules: pulumi.Input<Record<string, pulumi.Input<ShapingRule>>>;
  /** Rates that all links of the machine share. Default: unlimited. */
  access?: pulumi.Input<AccessRates | undefined>;
  /** Identity of the machine: when it changes, the rules are applied to the new machine. */
  machineId?: pulumi.Input<string | undefined>;
  /** Another number applies the rules anew: what they become in the machine has changed. */
  scheme?: pulumi.Input<number | undefined>;
}

/**
 * Shapes what a machine sends, by whom it sends to, and what it sends and receives in all: htb and netem in the
 * machine, kept over its reboots.
 */
export class Shaping extends pulumi.CustomResource {
  /** Stack whose credentials are used. */
  declare readonly stack: pulumi.Output<string>;
  /** Name of the machine, for messages. */
  declare readonly machine: pulumi.Output<string>;
  /** IPv4 address of the machine. */
  declare readonly address: pulumi.Output<string>;
  /** Network device in the machine. Default: eth0. */
  declare readonly device: pulumi.Output<string | undefined>;
  /**
   * By the tier that packets go to (cloud, edge, endpoint), or a machine with a rule of its own (endpoint-3). Where
   * there is no rule, packets go unchanged.
   */
  declare readonly rules: pulumi.Output<Record<string, pulumi.Unwrap<ShapingRule>>>;
  /** Rates that all links of the machine share. Default: unlimited. */
  declare readonly access: pulumi.Output<pulumi.Unwrap<AccessRates> | undefined>;
  /** Identity of the machine: when it changes, the rules are applied to the new machine. */
  declare readonly machineId: pulumi.Output<string | undefined>;
  /** Another number applies the rules anew: what they become in the machine has changed. */
  declare readonly scheme: pulumi.Output<number | undefined>;

  constructor(name: string, args: ShapingArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      "strata:net:Shaping",
      name,
      { device: undefined, access: undefined, machineId: undefined, scheme: undefined, ...args },
      opts,
    );
  }
}
