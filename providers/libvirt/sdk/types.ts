import type * as pulumi from "@pulumi/pulumi";

export interface DomainConsole {
  /** Only "pty": a pseudo-terminal on the host. */
  type: pulumi.Input<string>;
  /** Port number as text; "0" for the first console. */
  targetPort: pulumi.Input<string>;
  /** "serial" (the default) or "virtio". */
  targetType?: pulumi.Input<string>;
}

export interface DomainCpu {
  /** "host-passthrough" or "host-model" under KVM, "maximum" for all that the emulator can do. */
  mode?: pulumi.Input<string>;
}

export interface DomainDisk {
  /** Id of a Volume or a CloudInitDisk. */
  volumeId: pulumi.Input<string>;
  /** Upper bound on what the machine reads, bytes per second. */
  diskRead?: pulumi.Input<number | undefined>;
  /** Upper bound on what the machine writes, bytes per second. */
  diskWrite?: pulumi.Input<number | undefined>;
}

export interface DomainNetworkInterface {
  /** Id of a Network. */
  networkId?: pulumi.Input<string>;
  /** Name of a network that libvirt has. */
  networkName?: pulumi.Input<string>;
  /** Name of a bridge on the host that is not libvirt's. */
  bridge?: pulumi.Input<string>;
  /** Lower case, "52:54:00:12:34:56". Without it, one is derived from the resource. */
  mac?: pulumi.Input<string>;
  /** False pulls the cable; changed while the machine runs. Default: true. */
  linkUp?: pulumi.Input<boolean | undefined>;
  /** Waits at the start until the network's DHCP server has given an address. */
  waitForLease?: pulumi.Input<boolean>;
}

export interface NetworkDhcp {
  /** False for no DHCP server. Default: true. */
  enabled?: pulumi.Input<boolean>;
}

export interface NetworkDns {
  /** True for a DNS server on the host's address. Default: false. */
  enabled?: pulumi.Input<boolean>;
}

export interface PoolTarget {
  /** Absolute path of the directory on the host. */
  path: pulumi.Input<string>;
}
