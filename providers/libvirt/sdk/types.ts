// Generated from the plugin's own definitions (npm run schema).

import type * as pulumi from "@pulumi/pulumi";

/** A console of a machine. */
export interface DomainConsole {
  /** Only "pty": a pseudo-terminal on the host. */
  type: pulumi.Input<string>;
  /** Port number as text; "0" for the first console. */
  targetPort: pulumi.Input<string>;
  /** "serial" (the default) or "virtio". */
  targetType?: pulumi.Input<string | undefined>;
}

/** The processor that a machine sees. */
export interface DomainCpu {
  /** "host-passthrough" or "host-model" under KVM, "maximum" for all that the emulator can do. */
  mode?: pulumi.Input<string | undefined>;
}

/** A disk of a machine. */
export interface DomainDisk {
  /** Id of a Volume or a CloudInitDisk. */
  volumeId: pulumi.Input<string>;
  /** Upper bound on what the machine reads, bytes per second. */
  diskRead?: pulumi.Input<number | undefined>;
  /** Upper bound on what the machine writes, bytes per second. */
  diskWrite?: pulumi.Input<number | undefined>;
}

/** A network interface of a machine, with exactly one of networkId, networkName and bridge. */
export interface DomainNetworkInterface {
  /** Id of a Network. */
  networkId?: pulumi.Input<string | undefined>;
  /** Name of a network that libvirt has. */
  networkName?: pulumi.Input<string | undefined>;
  /** Name of a bridge on the host that is not libvirt's. */
  bridge?: pulumi.Input<string | undefined>;
  /** "52:54:00:12:34:56". Without it, one is derived from the resource. */
  mac?: pulumi.Input<string | undefined>;
  /** Waits at the start until the network's DHCP server has given an address. */
  waitForLease?: pulumi.Input<boolean | undefined>;
  /** False pulls the cable; changed while the machine runs. Default: true. */
  linkUp?: pulumi.Input<boolean | undefined>;
}

/** A network's DHCP server. */
export interface NetworkDhcp {
  /** False for no DHCP server. Default: true. */
  enabled?: pulumi.Input<boolean | undefined>;
}

/** A network's DNS server. */
export interface NetworkDns {
  /** True for a DNS server on the host's address. Default: false. */
  enabled?: pulumi.Input<boolean | undefined>;
}

/** Where a pool is. */
export interface PoolTarget {
  /** Absolute path of the directory on the host. */
  path: pulumi.Input<string>;
}

/** A network interface of a machine, as it is. */
export interface GetDomainInterface {
  /** Hardware address. */
  mac: string;
  /** Name of libvirt's network. */
  networkName?: string;
  /** Name of the host's bridge. */
  bridge?: string;
}
