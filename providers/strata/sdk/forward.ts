// Generated from the plugin's own definitions (npm run schema).

import * as pulumi from "@pulumi/pulumi";

export interface ForwardArgs {
  /** Stack that the forward belongs to. */
  stack: pulumi.Input<string>;
  /** Network namespace that the target is in. Default: the host's own; then nothing is started. */
  namespace?: pulumi.Input<string | undefined>;
  /**
   * Address of the machine that makes the connections, over ssh, where the network is another host's. Default: none.
   */
  through?: pulumi.Input<string | undefined>;
  /** Where connections go, for example "10.83.0.10:6443". */
  target: pulumi.Input<string>;
}

/** A TCP address of the machines' network, reachable from this host's programs. */
export class Forward extends pulumi.CustomResource {
  /** Stack that the forward belongs to. */
  declare readonly stack: pulumi.Output<string>;
  /** Network namespace that the target is in. Default: the host's own; then nothing is started. */
  declare readonly namespace: pulumi.Output<string | undefined>;
  /**
   * Address of the machine that makes the connections, over ssh, where the network is another host's. Default: none.
   */
  declare readonly through: pulumi.Output<string | undefined>;
  /** Where connections go, for example "10.83.0.10:6443". */
  declare readonly target: pulumi.Output<string>;
  /** Where this host's programs reach the target: "127.0.0.1:23456", or the target itself. */
  declare readonly address: pulumi.Output<string>;

  constructor(name: string, args: ForwardArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      "strata:access:Forward",
      name,
      { namespace: undefined, through: undefined, ...args, address: undefined },
      opts,
    );
  }
}
