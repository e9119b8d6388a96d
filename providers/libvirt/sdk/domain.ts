// Generated from the plugin's own definitions (npm run schema).

import * as pulumi from "@pulumi/pulumi";
import type { DomainConsole, DomainCpu, DomainDisk, DomainNetworkInterface } from "./types.ts";

export interface DomainArgs {
  /** Name in libvirt. Default: the resource's name. */
  name?: pulumi.Input<string | undefined>;
  /** Any text. */
  description?: pulumi.Input<string | undefined>;
  /** MiB. Default: 512. A change restarts the machine, unless memoryMaximum leaves room for it. */
  memory?: pulumi.Input<number | undefined>;
  /**
   * MiB up to which memory can be changed while the machine runs, through a balloon device; its system needs the driver
   * virtio_balloon. Default: memory, so that a change of it restarts the machine.
   */
  memoryMaximum?: pulumi.Input<number | undefined>;
  /** Number of virtual processors. Default: 1. A change restarts the machine, unless vcpuMaximum leaves room for it. */
  vcpu?: pulumi.Input<number | undefined>;
  /**
   * Number up to which vcpu can be changed while the machine runs; its system has to switch a new processor on.
   * Default: vcpu, so that a change of it restarts the machine.
   */
  vcpuMaximum?: pulumi.Input<number | undefined>;
  /** The processor that the machine sees. Default: QEMU's. */
  cpu?: pulumi.Input<DomainCpu | undefined>;
  /** Share of each virtual processor's time that the machine may use, 0.1 to 1. Default: all of it. */
  cpuQuota?: pulumi.Input<number | undefined>;
  /** The host's processors that each virtual one may run on, in order: ["0", "1-2"]. Default: all of them. */
  cpuPinning?: pulumi.Input<pulumi.Input<string>[] | undefined>;
  /** "kvm" or "qemu"; domainType has a choice more. */
  type?: pulumi.Input<string | undefined>;
  /**
   * "kvm", "qemu" (emulation), or "auto" (the default): kvm where the host's /dev/kvm opens and, on x86, its processor
   * has hardware virtualisation.
   */
  domainType?: pulumi.Input<string | undefined>;
  /** Architecture of its processors. Default: that of this machine. */
  arch?: pulumi.Input<string | undefined>;
  /** Machine type of QEMU. Default: q35 on x86, virt on ARM. */
  machine?: pulumi.Input<string | undefined>;
  /** Absolute path of QEMU. Default: libvirt knows it. */
  emulator?: pulumi.Input<string | undefined>;
  /** A Volume's id, or a path on the host: the machine boots this kernel directly. */
  kernel?: pulumi.Input<string | undefined>;
  /** A Volume's id, or a path on the host: initial RAM disk of that kernel. */
  initrd?: pulumi.Input<string | undefined>;
  /**
   * Command line of that kernel: each key makes key=value, and "_" holds words of its own: [{ root: "/dev/vda", _: "rw
   * quiet" }].
   */
  cmdlines?: pulumi.Input<pulumi.Input<Record<string, pulumi.Input<string>>>[] | undefined>;
  /** In the order in which the machine sees them: vda, vdb ... Other volumes make a new machine. */
  disks?: pulumi.Input<pulumi.Input<DomainDisk>[] | undefined>;
  /** Id of a CloudInitDisk, attached as a CD-ROM. */
  cloudinit?: pulumi.Input<string | undefined>;
  /** In the order in which the machine sees them. */
  networkInterfaces?: pulumi.Input<pulumi.Input<DomainNetworkInterface>[] | undefined>;
  /** Default: one serial console. */
  consoles?: pulumi.Input<pulumi.Input<DomainConsole>[] | undefined>;
  /**
   * Absolute path on the host: what the machine prints on its first serial console is written there, anew at each
   * start.
   */
  consoleLog?: pulumi.Input<string | undefined>;
  /**
   * Absolute path of a directory of the machine that the plugin runs on, one for each kind of machine: a machine is
   * kept there that was booted as far as it could without an identity and saved with its memory; the first resource
   * makes it. The machine starts as a copy of that, and takes its identity from its seed, the second of its two disks;
   * where that can't be, it boots. Only with libvirt on the same machine, and an image that can wait for its identity.
   */
  prepared?: pulumi.Input<string | undefined>;
  /** Started together with libvirt. Default: false. */
  autostart?: pulumi.Input<boolean | undefined>;
  /** False to leave it switched off. Default: true. */
  running?: pulumi.Input<boolean | undefined>;
  /**
   * Seconds that the machine has to shut down by itself before it is switched off. Default: 30 at a restart or with
   * running: false, and 0 when it is deleted.
   */
  graceful?: pulumi.Input<number | undefined>;
  /**
   * Seconds that it may be kept from each update of it on. Its metadata says when that ends (virsh metadata NAME
   * urn:pulumi:libvirt:lease), for who cleans up; the plugin itself never removes it.
   */
  lease?: pulumi.Input<number | undefined>;
  /**
   * How often changes have restarted the machine. The provider counts it, so that a preview names a restart; a program
   * that gives it restarts the machine by another number.
   */
  restarts?: pulumi.Input<number | undefined>;
}

/**
 * A virtual machine. Another name or other disks make a new one; the rest is changed while it runs where libvirt can do
 * that, else by restarting it with its disks kept.
 */
export class Domain extends pulumi.CustomResource {
  /** Name in libvirt. Default: the resource's name. */
  declare readonly name: pulumi.Output<string>;
  /** Any text. */
  declare readonly description: pulumi.Output<string | undefined>;
  /** MiB. */
  declare readonly memory: pulumi.Output<number>;
  /**
   * MiB up to which memory can be changed while the machine runs, through a balloon device; its system needs the driver
   * virtio_balloon. Default: memory, so that a change of it restarts the machine.
   */
  declare readonly memoryMaximum: pulumi.Output<number | undefined>;
  /** Number of virtual processors. */
  declare readonly vcpu: pulumi.Output<number>;
  /**
   * Number up to which vcpu can be changed while the machine runs; its system has to switch a new processor on.
   * Default: vcpu, so that a change of it restarts the machine.
   */
  declare readonly vcpuMaximum: pulumi.Output<number | undefined>;
  /** The processor that the machine sees. Default: QEMU's. */
  declare readonly cpu: pulumi.Output<pulumi.Unwrap<DomainCpu> | undefined>;
  /** Share of each virtual processor's time that the machine may use, 0.1 to 1. Default: all of it. */
  declare readonly cpuQuota: pulumi.Output<number | undefined>;
  /** The host's processors that each virtual one may run on, in order: ["0", "1-2"]. Default: all of them. */
  declare readonly cpuPinning: pulumi.Output<string[] | undefined>;
  /** What "auto" came to: "kvm" or "qemu"; "test" on libvirt's test driver. */
  declare readonly type: pulumi.Output<string>;
  /**
   * "kvm", "qemu" (emulation), or "auto" (the default): kvm where the host's /dev/kvm opens and, on x86, its processor
   * has hardware virtualisation.
   */
  declare readonly domainType: pulumi.Output<string | undefined>;
  /** Architecture of its processors. */
  declare readonly arch: pulumi.Output<string>;
  /** Machine type of QEMU. */
  declare readonly machine: pulumi.Output<string>;
  /** Absolute path of QEMU. */
  declare readonly emulator: pulumi.Output<string>;
  /** A Volume's id, or a path on the host: the machine boots this kernel directly. */
  declare readonly kernel: pulumi.Output<string | undefined>;
  /** A Volume's id, or a path on the host: initial RAM disk of that kernel. */
  declare readonly initrd: pulumi.Output<string | undefined>;
  /**
   * Command line of that kernel: each key makes key=value, and "_" holds words of its own: [{ root: "/dev/vda", _: "rw
   * quiet" }].
   */
  declare readonly cmdlines: pulumi.Output<Record<string, string>[] | undefined>;
  /** In the order in which the machine sees them: vda, vdb ... Other volumes make a new machine. */
  declare readonly disks: pulumi.Output<pulumi.Unwrap<DomainDisk>[] | undefined>;
  /** Id of a CloudInitDisk, attached as a CD-ROM. */
  declare readonly cloudinit: pulumi.Output<string | undefined>;
  /** In the order in which the machine sees them. */
  declare readonly networkInterfaces: pulumi.Output<pulumi.Unwrap<DomainNetworkInterface>[] | undefined>;
  /** Default: one serial console. */
  declare readonly consoles: pulumi.Output<pulumi.Unwrap<DomainConsole>[] | undefined>;
  /**
   * Absolute path on the host: what the machine prints on its first serial console is written there, anew at each
   * start.
   */
  declare readonly consoleLog: pulumi.Output<string | undefined>;
  /**
   * Absolute path of a directory of the machine that the plugin runs on, one for each kind of machine: a machine is
   * kept there that was booted as far as it could without an identity and saved with its memory; the first resource
   * makes it. The machine starts as a copy of that, and takes its identity from its seed, the second of its two disks;
   * where that can't be, it boots. Only with libvirt on the same machine, and an image that can wait for its identity.
   */
  declare readonly prepared: pulumi.Output<string | undefined>;
  /** Whether it is started together with libvirt. */
  declare readonly autostart: pulumi.Output<boolean>;
  /** False to leave it switched off. Default: true. */
  declare readonly running: pulumi.Output<boolean | undefined>;
  /**
   * Seconds that the machine has to shut down by itself before it is switched off. Default: 30 at a restart or with
   * running: false, and 0 when it is deleted.
   */
  declare readonly graceful: pulumi.Output<number | undefined>;
  /**
   * Seconds that it may be kept from each update of it on. Its metadata says when that ends (virsh metadata NAME
   * urn:pulumi:libvirt:lease), for who cleans up; the plugin itself never removes it.
   */
  declare readonly lease: pulumi.Output<number | undefined>;
  /**
   * How often changes have restarted the machine. The provider counts it, so that a preview names a restart; a program
   * that gives it restarts the machine by another number.
   */
  declare readonly restarts: pulumi.Output<number | undefined>;
  /** The log that goes with the machine; empty: none does. */
  declare readonly loggedTo: pulumi.Output<string | undefined>;

  constructor(name: string, args: DomainArgs = {}, opts?: pulumi.CustomResourceOptions) {
    super(
      "libvirt:index/domain:Domain",
      name,
      {
        name: undefined,
        description: undefined,
        memory: undefined,
        memoryMaximum: undefined,
        vcpu: undefined,
        vcpuMaximum: undefined,
        cpu: undefined,
        cpuQuota: undefined,
        cpuPinning: undefined,
        type: undefined,
        domainType: undefined,
        arch: undefined,
        machine: undefined,
        emulator: undefined,
        kernel: undefined,
        initrd: undefined,
        cmdlines: undefined,
        disks: undefined,
        cloudinit: undefined,
        networkInterfaces: undefined,
        consoles: undefined,
        consoleLog: undefined,
        prepared: undefined,
        autostart: undefined,
        running: undefined,
        graceful: undefined,
        lease: undefined,
        restarts: undefined,
        ...args,
        loggedTo: undefined,
      },
      opts,
    );
  }
}
