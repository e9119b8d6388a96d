import * as pulumi from "@pulumi/pulumi";
import type { DomainConsole, DomainCpu, DomainDisk, DomainNetworkInterface } from "./types.ts";

export interface DomainArgs {
  /** Name in libvirt. Default: the resource's name. */
  name?: pulumi.Input<string>;
  description?: pulumi.Input<string>;
  /** MiB. Default: 512. */
  memory?: pulumi.Input<number>;
  /**
   * MiB up to which memory can be changed while the machine runs, through a balloon device; its system needs the driver
   * virtio_balloon. Default: memory, so that a change of it restarts the machine.
   */
  memoryMaximum?: pulumi.Input<number>;
  /** Number of virtual processors. Default: 1. */
  vcpu?: pulumi.Input<number>;
  /**
   * Number up to which vcpu can be changed while the machine runs; its system has to switch a new processor on. Default:
   * vcpu, so that a change of it restarts the machine.
   */
  vcpuMaximum?: pulumi.Input<number>;
  cpu?: pulumi.Input<DomainCpu>;
  /** Share of each virtual processor's time that the machine may use, 0.1 to 1. Default: all of it. */
  cpuQuota?: pulumi.Input<number | undefined>;
  /** The host's processors that each virtual one may run on, in order: `["0", "1-2"]`. Default: all of them. */
  cpuPinning?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  /** "kvm" or "qemu"; domainType has a choice more. */
  type?: pulumi.Input<string>;
  /** "kvm", "qemu" (emulation), or "auto" (the default): kvm where it is of use. */
  domainType?: pulumi.Input<string>;
  /** Default: that of this machine. */
  arch?: pulumi.Input<string>;
  /** Machine type of QEMU. Default: q35. */
  machine?: pulumi.Input<string>;
  /** Absolute path of QEMU. Default: libvirt knows it. */
  emulator?: pulumi.Input<string>;
  /** A Volume's id, or a path on the host: the machine boots this kernel directly. */
  kernel?: pulumi.Input<string>;
  /** A Volume's id, or a path on the host. */
  initrd?: pulumi.Input<string>;
  /** Each key makes key=value, and "_" holds words of its own: `[{ root: "/dev/vda", _: "rw quiet" }]`. */
  cmdlines?: pulumi.Input<pulumi.Input<Record<string, pulumi.Input<string>>>[]>;
  /** In the order in which the machine sees them: vda, vdb ... */
  disks?: pulumi.Input<pulumi.Input<DomainDisk>[]>;
  /** Id of a CloudInitDisk, attached as a CD-ROM. */
  cloudinit?: pulumi.Input<string>;
  networkInterfaces?: pulumi.Input<pulumi.Input<DomainNetworkInterface>[]>;
  /** Default: one serial console. */
  consoles?: pulumi.Input<pulumi.Input<DomainConsole>[]>;
  /** Absolute path on the host: what the first serial console prints is written there, anew at each start. */
  consoleLog?: pulumi.Input<string>;
  /** Started together with libvirt. Default: false. */
  autostart?: pulumi.Input<boolean>;
  /** False to leave it switched off. Default: true. */
  running?: pulumi.Input<boolean>;
  /**
   * Seconds that the machine has to shut down by itself before it is switched off. Default: 30 at a restart or with
   * running: false, and 0 when it is deleted.
   */
  graceful?: pulumi.Input<number>;
  /**
   * How often changes have restarted the machine. The provider counts it, so that a preview names a restart; a program
   * that gives it restarts the machine by another number.
   */
  restarts?: pulumi.Input<number>;
}

/**
 * A virtual machine. Another name or other disks make a new one; the rest is changed while it runs where libvirt can do
 * that, else by restarting it with its disks kept.
 */
export class Domain extends pulumi.CustomResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly memory: pulumi.Output<number>;
  declare readonly vcpu: pulumi.Output<number>;
  declare readonly machine: pulumi.Output<string>;
  declare readonly emulator: pulumi.Output<string>;
  /** The hypervisor that it came to be: "kvm" or "qemu". */
  declare readonly type: pulumi.Output<string>;

  constructor(name: string, args: DomainArgs = {}, opts?: pulumi.CustomResourceOptions) {
    const outputs = { name: undefined, memory: undefined, vcpu: undefined, machine: undefined, emulator: undefined };
    super("libvirt:index/domain:Domain", name, { ...outputs, type: undefined, ...args }, opts);
  }
}
