import type { Owner } from "./ownership.ts";
import { writeXml, type Markup } from "./document.ts";
import { leaseMetadata, ownerMetadata, type Lease } from "./metadata.ts";

/** A virtual machine, with everything decided: paths instead of volumes, names instead of networks. */
export interface DomainDefinition {
  /** The hypervisor: "kvm", "qemu" (emulation), or "test" for libvirt's test driver. */
  type: string;
  name: string;
  /** Absent for a new machine: libvirt chooses one. */
  uuid?: string;
  owner?: Owner;
  lease?: Lease;
  description?: string;
  /** What it has now, and up to what it can be given more while it runs. */
  memoryMiB: number;
  maximumMemoryMiB: number;
  vcpus: number;
  maximumVcpus: number;
  /** A device through which memory can be more or less while the machine runs. */
  balloon: boolean;
  /** Share of each virtual processor's time, 0.1 to 1. */
  cpuQuota?: number;
  /** The host's processors that each virtual one may run on, "0-1,3", in order. */
  cpuPinning?: string[];
  cpuMode?: string;
  arch: string;
  /** QEMU's machine type; absent: libvirt chooses. */
  machine?: string;
  emulator?: string;
  kernel?: string;
  initrd?: string;
  cmdline?: string;
  disks: DiskDefinition[];
  interfaces: InterfaceDefinition[];
  consoles: ConsoleDefinition[];
  /** Names of virtio-serial ports, by which the machine and the host speak to each other without a network. */
  channels?: string[];
  /** Tells the machine's system that it is a copy, where it listens for that (x86). */
  generationId?: boolean;
}

export interface DiskDefinition {
  path: string;
  format: string;
  device: "disk" | "cdrom";
  /** Bytes per second; absent: unlimited. */
  readBytesPerSecond?: number;
  writeBytesPerSecond?: number;
  /** Zeros that the machine writes take no room. */
  detectsZeroes?: boolean;
}

export interface InterfaceDefinition {
  source: { network: string } | { bridge: string };
  mac: string;
  /** False where the cable is pulled. */
  linkUp: boolean;
  /** Largest packet that the machine is told to send, in bytes; absent: Ethernet's usual one. */
  mtu?: number;
}

export interface ConsoleDefinition {
  targetType: "serial" | "virtio";
  port: number;
  /** Where QEMU writes what the machine prints. */
  logFile?: string;
}

/** Period of the processor quota, in microseconds: the kernel's own default (cpu.cfs_period_us). */
export const quotaPeriod = 100_000;

/** https://libvirt.org/formatdomain.html */
export function domainXml(domain: DomainDefinition): string {
  const test = domain.type === "test";
  return writeXml("domain", {
    "@type": domain.type,
    name: domain.name,
    uuid: domain.uuid,
    description: domain.description,
    metadata: domain.owner && { ...ownerMetadata(domain.owner), ...(domain.lease && leaseMetadata(domain.lease)) },
    memory: { "@unit": "MiB", "#": String(domain.maximumMemoryMiB) },
    currentMemory: { "@unit": "MiB", "#": String(domain.memoryMiB) },
    vcpu: {
      "@placement": "static",
      "@current": domain.maximumVcpus > domain.vcpus ? domain.vcpus : undefined,
      "#": String(domain.maximumVcpus),
    },
    cputune: cpuTuning(domain),
    os: {
      "@firmware": needsFirmware(domain) ? "efi" : undefined,
      // The test driver knows no architectures or machine types but its own.
      type: test ? { "#": "hvm" } : { "@arch": domain.arch, "@machine": domain.machine, "#": "hvm" },
      kernel: domain.kernel,
      initrd: domain.initrd,
      cmdline: domain.cmdline,
      boot: domain.kernel === undefined ? { "@dev": "hd" } : undefined,
    },
    features: features(domain),
    genid: domain.generationId === true ? {} : undefined,
    cpu: domain.cpuMode === undefined ? undefined : { "@mode": domain.cpuMode },
    clock: { "@offset": "utc" },
    on_poweroff: "destroy",
    on_reboot: "restart",
    on_crash: "destroy",
    devices: {
      emulator: domain.emulator,
      disk: domain.disks.map(disk),
      // Devices that a server in a testbed has no use for; each costs start-up time and host memory.
      controller: [{ "@type": "usb", "@model": "none" }],
      interface: domain.interfaces.map(networkInterface),
      serial: domain.consoles.filter(({ targetType }) => targetType === "serial").map(serial),
      console: domain.consoles.map((entry, index) => ({
        "@type": "pty",
        log: entry.targetType === "virtio" ? log(entry) : undefined,
        target: { "@type": entry.targetType, "@port": index },
      })),
      channel: domain.channels?.map((name) => ({ "@type": "unix", target: { "@type": "virtio", "@name": name } })),
      // Where memory can be more later, this is what takes it from the machine until then.
      memballoon: { "@model": domain.balloon ? "virtio" : "none" },
      // Without it a young machine waits for entropy before it can make keys.
      rng: { "@model": "virtio", backend: { "@model": "random", "#": "/dev/urandom" } },
    },
  });
}

/** Of the architectures here only x86 has a firmware of QEMU's own that starts a disk; an ARM machine's is UEFI. */
function needsFirmware({ arch, kernel, type }: DomainDefinition): boolean {
  return arch === "aarch64" && kernel === undefined && type !== "test";
}

/** ACPI, by which a machine is shut down, is a matter of the firmware on ARM (else its device tree has a power button). */
function features(domain: DomainDefinition): Markup | undefined {
  if (domain.arch === "x86_64" || domain.arch === "i686") return { acpi: {}, apic: {} };
  return needsFirmware(domain) ? { acpi: {} } : undefined;
}

function cpuTuning({ cpuPinning, cpuQuota }: DomainDefinition): Markup | undefined {
  if (cpuPinning === undefined && cpuQuota === undefined) return undefined;
  return {
    vcpupin: cpuPinning?.map((cpuset, vcpu) => ({ "@vcpu": vcpu, "@cpuset": cpuset })),
    period: cpuQuota === undefined ? undefined : quotaPeriod,
    quota: cpuQuota === undefined ? undefined : Math.round(cpuQuota * quotaPeriod),
  };
}

function disk(entry: DiskDefinition, index: number): Markup {
  const { readBytesPerSecond, writeBytesPerSecond } = entry;
  const limited = readBytesPerSecond !== undefined || writeBytesPerSecond !== undefined;
  const letter = String.fromCharCode("a".charCodeAt(0) + index);
  const cdrom = entry.device === "cdrom";
  return {
    "@type": "file",
    "@device": entry.device,
    driver: {
      "@name": "qemu",
      "@type": entry.format,
      "@detect_zeroes": entry.detectsZeroes === true ? "on" : undefined,
    },
    source: { "@file": entry.path },
    target: cdrom ? { "@dev": `sd${letter}`, "@bus": "sata" } : { "@dev": `vd${letter}`, "@bus": "virtio" },
    iotune: limited ? { read_bytes_sec: readBytesPerSecond, write_bytes_sec: writeBytesPerSecond } : undefined,
    readonly: cdrom ? {} : undefined,
  };
}

/** One network interface by itself, as a change of a running machine takes it. */
export function interfaceXml(entry: InterfaceDefinition): string {
  return writeXml("interface", networkInterface(entry));
}

function networkInterface({ source, mac, linkUp, mtu }: InterfaceDefinition): Markup {
  const bridged = "bridge" in source;
  return {
    "@type": bridged ? "bridge" : "network",
    mac: { "@address": mac },
    source: bridged ? { "@bridge": source.bridge } : { "@network": source.network },
    model: { "@type": "virtio" },
    link: linkUp ? undefined : { "@state": "down" },
    mtu: mtu === undefined ? undefined : { "@size": mtu },
  };
}

function serial(entry: ConsoleDefinition): Markup {
  return { "@type": "pty", log: log(entry), target: { "@port": entry.port } };
}

function log({ logFile }: ConsoleDefinition): Markup | undefined {
  // Each start begins the file anew: what matters is the present boot.
  return logFile === undefined ? undefined : { "@file": logFile, "@append": "off" };
}
