// Generated from the plugin's own definitions (npm run schema).

import * as pulumi from "@pulumi/pulumi";
import type { NetworkDhcp, NetworkDns } from "./types.ts";

export interface NetworkArgs {
  /** Name in libvirt. Default: the resource's name. */
  name?: pulumi.Input<string | undefined>;
  /**
   * "none" (machines and host only; the default), "nat", "route", "open", or "bridge" for a bridge that exists already.
   */
  mode?: pulumi.Input<string | undefined>;
  /** Name of the bridge on the host, at most 15 characters. Default: libvirt chooses one. */
  bridge?: pulumi.Input<string | undefined>;
  /**
   * At most one IPv4 range, for example "10.17.3.0/24". The host takes its first usable address, unless hostAddresses
   * says otherwise.
   */
  addresses?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  /** The host's own address in the range of the same position. */
  hostAddresses?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  /** DNS domain of the machines. */
  domain?: pulumi.Input<string | undefined>;
  /** Largest packet of the bridge, bytes. Default: the kernel's, 1500. */
  mtu?: pulumi.Input<number | undefined>;
  /** Started together with libvirt. Default: false. */
  autostart?: pulumi.Input<boolean | undefined>;
  /** The DHCP server on the host's address. */
  dhcp?: pulumi.Input<NetworkDhcp | undefined>;
  /** The DNS server on the host's address. */
  dns?: pulumi.Input<NetworkDns | undefined>;
}

/** A network for machines: a bridge on the host, with or without a way out of it. */
export class Network extends pulumi.CustomResource {
  /** Name in libvirt. Default: the resource's name. */
  declare readonly name: pulumi.Output<string>;
  /**
   * "none" (machines and host only; the default), "nat", "route", "open", or "bridge" for a bridge that exists already.
   */
  declare readonly mode: pulumi.Output<string | undefined>;
  /** Name of the bridge on the host. */
  declare readonly bridge: pulumi.Output<string>;
  /**
   * At most one IPv4 range, for example "10.17.3.0/24". The host takes its first usable address, unless hostAddresses
   * says otherwise.
   */
  declare readonly addresses: pulumi.Output<string[] | undefined>;
  /** The host's own address in the range of the same position. */
  declare readonly hostAddresses: pulumi.Output<string[] | undefined>;
  /** DNS domain of the machines. */
  declare readonly domain: pulumi.Output<string | undefined>;
  /** Largest packet of the bridge, bytes. Default: the kernel's, 1500. */
  declare readonly mtu: pulumi.Output<number | undefined>;
  /** Started together with libvirt. Default: false. */
  declare readonly autostart: pulumi.Output<boolean | undefined>;
  /** The DHCP server on the host's address. */
  declare readonly dhcp: pulumi.Output<pulumi.Unwrap<NetworkDhcp> | undefined>;
  /** The DNS server on the host's address. */
  declare readonly dns: pulumi.Output<pulumi.Unwrap<NetworkDns> | undefined>;

  constructor(name: string, args: NetworkArgs = {}, opts?: pulumi.CustomResourceOptions) {
    super(
      "libvirt:index/network:Network",
      name,
      {
        name: undefined,
        mode: undefined,
        bridge: undefined,
        addresses: undefined,
        hostAddresses: undefined,
        domain: undefined,
        mtu: undefined,
        autostart: undefined,
        dhcp: undefined,
        dns: undefined,
        ...args,
      },
      opts,
    );
  }
}
