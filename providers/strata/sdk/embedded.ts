// Generated from the plugin's own definitions (npm run schema).

import * as pulumi from "@pulumi/pulumi";

export interface EmbeddedArgs {
  /** Stack that uses the host. */
  stack: pulumi.Input<string>;
}

/**
 * A stack's use of a private libvirt daemon in a network namespace of its own: nothing of the machine's network is
 * changed. All stacks of a checkout share it, and the last one's end removes it.
 */
export class Embedded extends pulumi.CustomResource {
  /** Stack that uses the host. */
  declare readonly stack: pulumi.Output<string>;
  /** libvirt connection URI of the daemon. */
  declare readonly uri: pulumi.Output<string>;
  /** Network namespace that the machines' networks are in. */
  declare readonly namespace: pulumi.Output<string>;

  constructor(name: string, args: EmbeddedArgs, opts?: pulumi.CustomResourceOptions) {
    super("strata:host:Embedded", name, { ...args, uri: undefined, namespace: undefined }, opts);
  }
}
