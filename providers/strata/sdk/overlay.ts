// Generated from the plugin's own definitions (npm run schema).

import * as pulumi from "@pulumi/pulumi";

export interface OverlayArgs {
  /**
   * libvirt URI of the host, by ssh: qemu+ssh://root@lab1/system. Its user is root or may use sudo without a password.
   */
  uri: pulumi.Input<string>;
  /** Name of the VXLAN device; at most 15 characters. */
  device: pulumi.Input<string>;
  /** Bridge of the machines' network on that host. */
  bridge: pulumi.Input<string>;
  /** Number of the network that the hosts share, 1 to 2^24 - 1; the same on all of them. */
  vni: pulumi.Input<number>;
  /** Largest packet that the machines send, in bytes. */
  mtu: pulumi.Input<number>;
  /** The host's own address, to which the others send. */
  local: pulumi.Input<string>;
  /** The other hosts' addresses. */
  peers: pulumi.Input<pulumi.Input<string>[]>;
  /** Identity of the machines' network: when it changes, the device is put into the new one's bridge. */
  networkId?: pulumi.Input<string | undefined>;
  /** What the device is marked with (its alias); one with another mark, or none, is somebody else's, and left alone. */
  owner?: pulumi.Input<string | undefined>;
}

/** A host's end of the network that a testbed's hosts share: a VXLAN device in the bridge of its machines. */
export class Overlay extends pulumi.CustomResource {
  /**
   * libvirt URI of the host, by ssh: qemu+ssh://root@lab1/system. Its user is root or may use sudo without a password.
   */
  declare readonly uri: pulumi.Output<string>;
  /** Name of the VXLAN device; at most 15 characters. */
  declare readonly device: pulumi.Output<string>;
  /** Bridge of the machines' network on that host. */
  declare readonly bridge: pulumi.Output<string>;
  /** Number of the network that the hosts share, 1 to 2^24 - 1; the same on all of them. */
  declare readonly vni: pulumi.Output<number>;
  /** Largest packet that the machines send, in bytes. */
  declare readonly mtu: pulumi.Output<number>;
  /** The host's own address, to which the others send. */
  declare readonly local: pulumi.Output<string>;
  /** The other hosts' addresses. */
  declare readonly peers: pulumi.Output<string[]>;
  /** Identity of the machines' network: when it changes, the device is put into the new one's bridge. */
  declare readonly networkId: pulumi.Output<string | undefined>;
  /** What the device is marked with (its alias); one with another mark, or none, is somebody else's, and left alone. */
  declare readonly owner: pulumi.Output<string | undefined>;

  constructor(name: string, args: OverlayArgs, opts?: pulumi.CustomResourceOptions) {
    super("strata:net:Overlay", name, { networkId: undefined, owner: undefined, ...args }, opts);
  }
}
