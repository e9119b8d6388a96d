import * as pulumi from "@pulumi/pulumi";

export interface MirrorArgs {
  /** Stack whose machines the mirror serves. */
  stack: pulumi.Input<string>;
  /** Network namespace that the machines' network is in. Default: the host's own. */
  namespace?: pulumi.Input<string | undefined>;
  /** The host's address on the machines' network, for example "10.83.255.254". */
  address: pulumi.Input<string>;
  /** TCP port. Default: 5000. */
  port?: pulumi.Input<number>;
}

/** The artifact mirror: container images and files, served to a stack's machines for as long as the stack exists. */
export class Mirror extends pulumi.CustomResource {
  declare readonly stack: pulumi.Output<string>;
  declare readonly namespace: pulumi.Output<string | undefined>;
  declare readonly address: pulumi.Output<string>;
  /** Where machines find it: "http://10.83.255.254:5000". */
  declare readonly url: pulumi.Output<string>;
  /** Hash of the program that serves. */
  declare readonly program: pulumi.Output<string>;

  constructor(name: string, args: MirrorArgs, opts?: pulumi.CustomResourceOptions) {
    super("strata:mirror:Mirror", name, { namespace: undefined, ...args, url: undefined, program: undefined }, opts);
  }
}
