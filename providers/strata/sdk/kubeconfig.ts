// Generated from the plugin's own definitions (npm run schema).

import * as pulumi from "@pulumi/pulumi";

export interface KubeconfigArgs {
  /** Stack whose credentials are used. */
  stack: pulumi.Input<string>;
  /** Name of the control plane's machine, for messages. */
  machine: pulumi.Input<string>;
  /** IPv4 address of the control plane's machine. */
  address: pulumi.Input<string>;
  /** Where this host reaches the API, for example "https://127.0.0.1:23456"; one of the certificate's names. */
  server: pulumi.Input<string>;
  /** Identity of the machine: when it changes, the new machine's kubeconfig is read. */
  machineId?: pulumi.Input<string | undefined>;
  /** Longest wait for the API, in seconds. Default: 600 without anything new, two hours in all. */
  timeoutSeconds?: pulumi.Input<number | undefined>;
}

/** The administrator's way into a cluster, from this host. Exists once the cluster's API answers. */
export class Kubeconfig extends pulumi.CustomResource {
  /** Stack whose credentials are used. */
  declare readonly stack: pulumi.Output<string>;
  /** Name of the control plane's machine, for messages. */
  declare readonly machine: pulumi.Output<string>;
  /** IPv4 address of the control plane's machine. */
  declare readonly address: pulumi.Output<string>;
  /** Where this host reaches the API, for example "https://127.0.0.1:23456"; one of the certificate's names. */
  declare readonly server: pulumi.Output<string>;
  /** Identity of the machine: when it changes, the new machine's kubeconfig is read. */
  declare readonly machineId: pulumi.Output<string | undefined>;
  /** Longest wait for the API, in seconds. Default: 600 without anything new, two hours in all. */
  declare readonly timeoutSeconds: pulumi.Output<number | undefined>;
  /** YAML for kubectl and for @pulumi/kubernetes. Secret. */
  declare readonly kubeconfig: pulumi.Output<string>;

  constructor(name: string, args: KubeconfigArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      "strata:kubernetes:Kubeconfig",
      name,
      { machineId: undefined, timeoutSeconds: undefined, ...args, kubeconfig: undefined },
      pulumi.mergeOptions({ additionalSecretOutputs: ["kubeconfig"] }, opts),
    );
  }
}
