// Generated from the plugin's own definitions (npm run schema).

import * as pulumi from "@pulumi/pulumi";

export interface TunnelArgs {
  /** Stack whose machine and mirror it connects. */
  stack: pulumi.Input<string>;
  /** Name of the machine, for messages. */
  machine: pulumi.Input<string>;
  /** Address at which the stack's ssh configuration has the machine. */
  address: pulumi.Input<string>;
  /** TCP port on the machine's loop-back interface. Default: 5000. */
  port?: pulumi.Input<number | undefined>;
  /** Identity of the machine: another one has to be reached anew. */
  machineId?: pulumi.Input<string | undefined>;
}

/**
 * The stack's artifact mirror on a machine's own loop-back interface, through ssh: for machines of other hosts, which
 * don't reach this one. Exists once the mirror answers there.
 */
export class Tunnel extends pulumi.CustomResource {
  /** Stack whose machine and mirror it connects. */
  declare readonly stack: pulumi.Output<string>;
  /** Name of the machine, for messages. */
  declare readonly machine: pulumi.Output<string>;
  /** Address at which the stack's ssh configuration has the machine. */
  declare readonly address: pulumi.Output<string>;
  /** TCP port on the machine's loop-back interface. Default: 5000. */
  declare readonly port: pulumi.Output<number | undefined>;
  /** Identity of the machine: another one has to be reached anew. */
  declare readonly machineId: pulumi.Output<string | undefined>;
  /** Where the machine finds the mirror: "http://127.0.0.1:5000". */
  declare readonly url: pulumi.Output<string>;

  constructor(name: string, args: TunnelArgs, opts?: pulumi.CustomResourceOptions) {
    super("strata:mirror:Tunnel", name, { port: undefined, machineId: undefined, ...args, url: undefined }, opts);
  }
}
