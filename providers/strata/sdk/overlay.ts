import * as pulumi from "@pulumi/pulumi";

export interface OverlayArgs {
  /** libvirt URI of the host, by ssh: `qemu+ssh://root@lab1/system`. Its user is root or may use sudo without a password. */
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
  /** Identity of the machines' network: another one has another bridge of that name. */
  networkId?: pulumi.Input<string>;
}

/** A host's end of the network that the hosts of a testbed share: a VXLAN device in the bridge of its machines. */
export class Overlay extends pulumi.CustomResource {
  declare readonly uri: pulumi.Output<string>;
  declare readonly device: pulumi.Output<string>;
  declare readonly peers: pulumi.Output<string[]>;

  constructor(name: string, args: OverlayArgs, opts?: pulumi.CustomResourceOptions) {
    super("strata:net:Overlay", name, { ...args }, opts);
  }
}
