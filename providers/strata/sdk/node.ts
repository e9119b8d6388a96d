import * as pulumi from "@pulumi/pulumi";

/** The machine that a cluster's control plane runs on. */
export interface ControlPlane {
  /** Name of the machine, for messages. */
  machine: pulumi.Input<string>;
  /** IPv4 address of the machine; the API is at its port 6443. */
  address: pulumi.Input<string>;
}

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
  name?: pulumi.Input<string>;
  /** Version of the machine's kubelet, for example "1.35.4". A software role installs it; this waits for it. */
  version: pulumi.Input<string>;
  /** Labels beside those that Kubernetes itself sets. */
  labels?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** Taints, for example ["dedicated=broker:NoSchedule"]. */
  taints?: pulumi.Input<pulumi.Input<string>[]>;
  /** Identity of the machine: when it changes, the new machine joins in the old one's place. */
  domainId?: pulumi.Input<string>;
  /** Longest wait for joining and readiness together, in seconds. Default: 600. */
  timeoutSeconds?: pulumi.Input<number>;
  /** Longest wait for pods to leave the node before it is removed, in seconds. Default: 60. */
  drainSeconds?: pulumi.Input<number>;
}

/**
 * A machine as a node of a cluster: joined, ready and of the wanted version. Its end drains the node, deletes it, and
 * resets the machine. Set `deletedWith` to the control plane's machine: where the cluster goes, nothing has to be drained.
 */
export class Node extends pulumi.CustomResource {
  declare readonly stack: pulumi.Output<string>;
  declare readonly machine: pulumi.Output<string>;
  declare readonly address: pulumi.Output<string>;
  declare readonly control: pulumi.Output<{ machine: string; address: string }>;
  /** Name of the node in the cluster. */
  declare readonly name: pulumi.Output<string>;
  declare readonly version: pulumi.Output<string>;
  /** Whether its cluster can use it: true, unless a refresh found otherwise; the next `pulumi up` waits until it is. */
  declare readonly ready: pulumi.Output<boolean>;

  constructor(name: string, args: NodeArgs, opts?: pulumi.CustomResourceOptions) {
    super("strata:kubernetes:Node", name, { name: undefined, ready: undefined, ...args }, opts);
  }
}
