// Generated from the plugin's own definitions (npm run schema).

import * as pulumi from "@pulumi/pulumi";

export interface ReachableArgs {
  /** Stack whose credentials are used. */
  stack: pulumi.Input<string>;
  /** Name of the machine, for ssh and for messages. */
  machine: pulumi.Input<string>;
  /** IPv4 address of the machine. */
  address: pulumi.Input<string>;
  /** Identity of the machine: when it changes, the new machine is waited for. */
  machineId: pulumi.Input<string>;
  /** Longest wait without anything new on its serial console, in seconds; in all, six times that. Default: 300. */
  timeoutSeconds?: pulumi.Input<number | undefined>;
  /** File on this host with the machine's serial console: its end is shown when the wait was in vain. */
  consoleLog?: pulumi.Input<string | undefined>;
  /** Host key that it shows, in OpenSSH's format. Default: the stack's, which all machines of an older stack share. */
  hostPublicKey?: pulumi.Input<string | undefined>;
  /**
   * URI of the host that it is reached through, by ssh: libvirt's, or "ssh://root@lab1". Default: it is reached from
   * here.
   */
  through?: pulumi.Input<string | undefined>;
}

/** A machine that answers to ssh, with the stack's keys on both sides. */
export class Reachable extends pulumi.CustomResource {
  /** Stack whose credentials are used. */
  declare readonly stack: pulumi.Output<string>;
  /** Name of the machine, for ssh and for messages. */
  declare readonly machine: pulumi.Output<string>;
  /** IPv4 address of the machine. */
  declare readonly address: pulumi.Output<string>;
  /** Identity of the machine: when it changes, the new machine is waited for. */
  declare readonly machineId: pulumi.Output<string>;
  /** Longest wait without anything new on its serial console, in seconds; in all, six times that. Default: 300. */
  declare readonly timeoutSeconds: pulumi.Output<number | undefined>;
  /** File on this host with the machine's serial console: its end is shown when the wait was in vain. */
  declare readonly consoleLog: pulumi.Output<string | undefined>;
  /** Host key that it shows, in OpenSSH's format. Default: the stack's, which all machines of an older stack share. */
  declare readonly hostPublicKey: pulumi.Output<string | undefined>;
  /**
   * URI of the host that it is reached through, by ssh: libvirt's, or "ssh://root@lab1". Default: it is reached from
   * here.
   */
  declare readonly through: pulumi.Output<string | undefined>;

  constructor(name: string, args: ReachableArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      "strata:net:Reachable",
      name,
      { timeoutSeconds: undefined, consoleLog: undefined, hostPublicKey: undefined, through: undefined, ...args },
      opts,
    );
  }
}
