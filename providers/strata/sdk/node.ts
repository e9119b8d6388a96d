// Generated from the plugin's own definitions (npm run schema).

import * as pulumi from "@pulumi/pulumi";
import type { ControlPlane } from "./types.ts";

export interface NodeArgs {
  /** Stack whose credentials are used. */
  stack: pulumi.Input<string>;
  /** Name of the machine, for messages. */
  machine: pulumi.Input<string>;
  /** IPv4 address of the machine. */
  address: pulumi.Input<string>;
  /** The cluster that the machine joins. */
  control: pulumi.Input<ControlPlane>;
  /** Name of the node in the cluster. Default: the machine's name. */
  name?: pulumi.Input<string | undefined>;
  /** Version of the machine's kubelet, for example "1.35.4". A software role installs it; this waits for it. */
  version: pulumi.Input<string>;
  /** Labels beside those that Kubernetes itself sets. */
  labels?: pulumi.Input<Record<string, pulumi.Input<string>> | undefined>;
  /** Taints, for example ["dedicated=broker:NoSchedule"]. */
  taints?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  /** Identity of the machine: when it changes, the new machine joins in the old one's place. */
  machineId?: pulumi.Input<string | undefined>;
  /**
   * Longest wait for joining and readiness together, in seconds. Default: 900 without anything new, two hours in all.
   */
  timeoutSeconds?: pulumi.Input<number | undefined>;
  /** Longest wait for pods to leave the node before it is removed, in seconds. Default: 60. */
  drainSeconds?: pulumi.Input<number | undefined>;
}

/**
 * A machine as a node of a cluster: joined, ready and of the wanted version. Its end drains the node, deletes it, and
 * resets the machine. Set deletedWith to the control plane's machine: where the cluster goes, nothing has to be
 * drained.
 */
export class Node extends pulumi.CustomResource {
  /** Stack whose credentials are used. */
  declare readonly stack: pulumi.Output<string>;
  /** Name of the machine, for messages. */
  declare readonly machine: pulumi.Output<string>;
  /** IPv4 address of the machine. */
  declare readonly address: pulumi.Output<string>;
  /** The cluster that the machine joins. */
  declare readonly control: pulumi.Output<pulumi.Unwrap<ControlPlane>>;
  /** Name of the node in the cluster. Default: the machine's name. */
  declare readonly name: pulumi.Output<string>;
  /** Version of the machine's kubelet, for example "1.35.4". A software role installs it; this waits for it. */
  declare readonly version: pulumi.Output<string>;
  /** Labels beside those that Kubernetes itself sets. */
  declare readonly labels: pulumi.Output<Record<string, string> | undefined>;
  /** Taints, for example ["dedicated=broker:NoSchedule"]. */
  declare readonly taints: pulumi.Output<string[] | undefined>;
  /** Identity of the machine: when it changes, the new machine joins in the old one's place. */
  declare readonly machineId: pulumi.Output<string | undefined>;
  /**
   * Longest wait for joining and readiness together, in seconds. Default: 900 without anything new, two hours in all.
   */
  declare readonly timeoutSeconds: pulumi.Output<number | undefined>;
  /** Longest wait for pods to leave the node before it is removed, in seconds. Default: 60. */
  declare readonly drainSeconds: pulumi.Output<number | undefined>;
  /** Whether its cluster can use it: true, unless a refresh found otherwise; the next `pulumi up` waits until it is. */
  declare readonly ready: pulumi.Output<boolean>;

  constructor(name: string, args: NodeArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      "strata:kubernetes:Node",
      name,
      {
        name: undefined,
        labels: undefined,
        taints: undefined,
        machineId: undefined,
        timeoutSeconds: undefined,
        drainSeconds: undefined,
        ...args,
        ready: undefined,
      },
      opts,
    );
  }
}
