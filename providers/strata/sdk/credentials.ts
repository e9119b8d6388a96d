// Generated from the plugin's own definitions (npm run schema).

import * as pulumi from "@pulumi/pulumi";

export interface CredentialsArgs {
  /** Stack that the credentials belong to. */
  stack: pulumi.Input<string>;
  /** Network namespace that the machines are reached through. Default: the host's own. */
  namespace?: pulumi.Input<string | undefined>;
  /** Who logs in to the machines; what is done there needs root's rights. Default: root. */
  user?: pulumi.Input<string | undefined>;
  /** Names of passwords to make, for example ["mqtt"]; each becomes a file in the stack's directory. */
  passwords?: pulumi.Input<pulumi.Input<string>[] | undefined>;
}

/** A stack's keys, passwords and ssh configuration, in files that only their owner may read. */
export class Credentials extends pulumi.CustomResource {
  /** Stack that the credentials belong to. */
  declare readonly stack: pulumi.Output<string>;
  /** Network namespace that the machines are reached through. Default: the host's own. */
  declare readonly namespace: pulumi.Output<string | undefined>;
  /** Who logs in to the machines; what is done there needs root's rights. Default: root. */
  declare readonly user: pulumi.Output<string | undefined>;
  /** Names of passwords to make, for example ["mqtt"]; each becomes a file in the stack's directory. */
  declare readonly passwords: pulumi.Output<string[] | undefined>;
  /** User key that the machines let in, in OpenSSH's format. */
  declare readonly publicKey: pulumi.Output<string>;
  /** Host key that all machines of an older stack show, in OpenSSH's format; empty where each machine has its own. */
  declare readonly hostPublicKey: pulumi.Output<string>;
  /** What the machines' own keys are drawn from, or the private half of the host key of an older stack. Secret. */
  declare readonly hostPrivateKey: pulumi.Output<string>;

  constructor(name: string, args: CredentialsArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      "strata:access:Credentials",
      name,
      {
        namespace: undefined,
        user: undefined,
        passwords: undefined,
        ...args,
        publicKey: undefined,
        hostPublicKey: undefined,
        hostPrivateKey: undefined,
      },
      pulumi.mergeOptions({ additionalSecretOutputs: ["hostPrivateKey"] }, opts),
    );
  }
}
