import * as pulumi from "@pulumi/pulumi";
import type { NetworkDhcp, NetworkDns } from "./types.ts";

export interface NetworkArgs {
  /** Name in libvirt. Default: the resource's name. */
  name?: pulumi.Input<string>;
  /** "none" (machines and host only; the default), "nat", "route", "open", or "bridge" for one that exists already. */
  mode?: pulumi.Input<string>;
  /** Name of the bridge on the host, at most 15 characters. Default: libvirt chooses one. */
  bridge?: pulumi.Input<string>;
  /** At most one IPv4 range, for example "10.17.3.0/24". The host takes its first address, unless hostAddresses says which. */
  addresses?: pulumi.Input<pulumi.Input<string>[]>;
  /** The host's own address in the range of the same position. */
  hostAddresses?: pulumi.Input<pulumi.Input<string>[]>;
  /** DNS domain of the machines. */
  domain?: pulumi.Input<string>;
  /** Largest packet of the bridge, bytes. Default: 1500. */
  mtu?: pulumi.Input<number>;
  /** Started together with libvirt. Default: false. */
  autostart?: pulumi.Input<boolean>;
  dhcp?: pulumi.Input<NetworkDhcp>;
  dns?: pulumi.Input<NetworkDns>;
}

/** A network for machines: a bridge on the host, with or without a way out of it. */
export class Network extends pulumi.CustomResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly bridge: pulumi.Output<string>;
  declare readonly addresses: pulumi.Output<string[] | undefined>;

  constructor(name: string, args: NetworkArgs = {}, opts?: pulumi.CustomResourceOptions) {
    super(
      "libvirt:index/network:Network",
      name,
      { name: undefined, bridge: undefined, addresses: undefined, ...args },
      opts,
    );
  }
}
