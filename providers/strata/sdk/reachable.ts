import * as pulumi from "@pulumi/pulumi";

export interface ReachableArgs {
  /** Stack whose credentials are used. */
  stack: pulumi.Input<string>;
  /** Name of the machine, for messages. */
  machine: pulumi.Input<string>;
  /** IPv4 address of the machine. */
  address: pulumi.Input<string>;
  /** Identity of the machine: when it changes, the new machine is waited for. */
  domainId: pulumi.Input<string>;
  /** Longest wait, in seconds. Default: 300. */
  timeoutSeconds?: pulumi.Input<number>;
  /** File on this host with the machine's serial console: its end is shown when the wait was in vain. */
  consoleLog?: pulumi.Input<string | undefined>;
  /** libvirt URI of the host that it runs on and is reached through, by ssh. Default: it is reached from here. */
  through?: pulumi.Input<string | undefined>;
}

/** A machine that answers to ssh, with the stack's keys on both sides. */
export class Reachable extends pulumi.CustomResource {
  declare readonly stack: pulumi.Output<string>;
  declare readonly machine: pulumi.Output<string>;
  declare readonly address: pulumi.Output<string>;
  declare readonly domainId: pulumi.Output<string>;

  constructor(name: string, args: ReachableArgs, opts?: pulumi.CustomResourceOptions) {
    super("strata:net:Reachable", name, { ...args }, opts);
  }
}
