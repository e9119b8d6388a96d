// Generated from the plugin's own definitions (npm run schema).

import * as pulumi from "@pulumi/pulumi";

export interface MirrorArgs {
  /** Stack whose machines the mirror serves. */
  stack: pulumi.Input<string>;
  /** Network namespace that the machines' network is in. Default: the host's own. */
  namespace?: pulumi.Input<string | undefined>;
  /**
   * The host's address on the machines' network, for example "10.83.255.254". Default: none; it listens at a socket of
   * this host, to which a Tunnel leads from each machine.
   */
  address?: pulumi.Input<string | undefined>;
  /** TCP port. Default: 5000. */
  port?: pulumi.Input<number | undefined>;
}

/** The artifact mirror: container images and files, served to a stack's machines for as long as the stack exists. */
export class Mirror extends pulumi.CustomResource {
  /** Stack whose machines the mirror serves. */
  declare readonly stack: pulumi.Output<string>;
  /** Network namespace that the machines' network is in. Default: the host's own. */
  declare readonly namespace: pulumi.Output<string | undefined>;
  /**
   * The host's address on the machines' network, for example "10.83.255.254". Default: none; it listens at a socket of
   * this host, to which a Tunnel leads from each machine.
   */
  declare readonly address: pulumi.Output<string | undefined>;
  /** TCP port. Default: 5000. */
  declare readonly port: pulumi.Output<number | undefined>;
  /** Where machines find it: "http://10.83.255.254:5000"; or the socket, "unix:/run/user/1000/...". */
  declare readonly url: pulumi.Output<string>;
  /** Hash of the program that serves. */
  declare readonly program: pulumi.Output<string>;

  constructor(name: string, args: MirrorArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      "strata:mirror:Mirror",
      name,
      { namespace: undefined, address: undefined, port: undefined, ...args, url: undefined, program: undefined },
      opts,
    );
  }
}
