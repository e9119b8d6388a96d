import type { Owner } from "./ownership.ts";
import { bytesOf, readXml, type Element } from "./document.ts";
import { quotaPeriod, type DiskDefinition, type InterfaceDefinition } from "./domain.ts";
import { readLease, readOwner, type Lease } from "./metadata.ts";

/** What libvirt says of a machine, as far as this plugin manages it. */
export interface DomainFacts {
  uuid: string;
  name: string;
  type: string;
  owner?: Owner;
  lease?: Lease;
  description?: string;
  memoryMiB: number;
  maximumMemoryMiB: number;
  vcpus: number;
  maximumVcpus: number;
  cpuQuota?: number;
  /** By virtual processor; undefined for one that may run anywhere. */
  cpuPinning: (string | undefined)[];
  cpuMode?: string;
  arch: string;
  machine: string;
  emulator: string;
  kernel?: string;
  initrd?: string;
  cmdline?: string;
  disks: DiskDefinition[];
  /** What the machine's disks are called, in the same order: "vda". */
  diskTargets: string[];
  interfaces: InterfaceDefinition[];
  /** Disks and interfaces of kinds that this plugin does not manage: "disk vdb (network)". */
  unmanaged: string[];
  consoleLog?: string;
}

export function readDomain(xml: string): DomainFacts {
  const root = readXml("domain", xml);
  const os = root.at("os");
  const disks = disksOf(root);
  const interfaces = interfacesOf(root);
  return {
    uuid: root.at("uuid")?.text ?? "",
    name: root.at("name")?.text ?? "",
    type: root.attribute("type") ?? "",
    owner: readOwner(root),
    lease: readLease(root),
    description: textOf(root.at("description")),
    memoryMiB: mebibytes(root.at("currentMemory") ?? root.at("memory")),
    maximumMemoryMiB: mebibytes(root.at("memory")),
    vcpus: Number(root.at("vcpu")?.attribute("current") ?? root.at("vcpu")?.number ?? 1),
    maximumVcpus: root.at("vcpu")?.number ?? 1,
    cpuQuota: quotaOf(root),
    cpuPinning: pinningOf(root),
    cpuMode: root.at("cpu")?.attribute("mode"),
    arch: os?.at("type")?.attribute("arch") ?? "",
    machine: os?.at("type")?.attribute("machine") ?? "",
    emulator: root.at("devices", "emulator")?.text ?? "",
    kernel: textOf(os?.at("kernel")),
    initrd: textOf(os?.at("initrd")),
    cmdline: textOf(os?.at("cmdline")),
    disks: disks.managed.map(readDisk),
    diskTargets: disks.managed.map((disk) => disk.at("target")?.attribute("dev") ?? ""),
    interfaces: interfaces.managed.map(readInterface),
    unmanaged: [...disks.others, ...interfaces.others],
    consoleLog: root.at("devices", "serial", "log")?.attribute("file"),
  };
}

function mebibytes(element: Element | undefined): number {
  return Math.round((bytesOf(element, "KiB") ?? 0) / 2 ** 20);
}

function pinningOf(root: Element): (string | undefined)[] {
  const pinning: (string | undefined)[] = [];
  for (const pin of root.at("cputune")?.all("vcpupin") ?? []) {
    pinning[Number(pin.attribute("vcpu"))] = pin.attribute("cpuset");
  }
  return Array.from(pinning);
}

function textOf(element: Element | undefined): string | undefined {
  return element === undefined || element.text === "" ? undefined : element.text;
}

function quotaOf(root: Element): number | undefined {
  const quota = root.at("cputune", "quota")?.number;
  const period = root.at("cputune", "period")?.number ?? quotaPeriod;
  return quota === undefined ? undefined : quota / period;
}

/** An empty drive is none of a machine's disks. One CD is managed, as that of cloudinit. */
function disksOf(root: Element): { managed: Element[]; others: string[] } {
  const all = root.at("devices")?.all("disk") ?? [];
  const filled = all.filter((disk) => disk.at("source") !== undefined);
  const cd = filled.find((disk) => deviceOf(disk) === "cdrom" && pathOf(disk) !== "");
  const managed = filled.filter((disk) => disk === cd || (deviceOf(disk) === "disk" && pathOf(disk) !== ""));
  const others = filled
    .filter((disk) => !managed.includes(disk))
    .map((disk) => `${deviceOf(disk)} ${disk.at("target")?.attribute("dev") ?? ""} (${disk.attribute("type") ?? ""})`);
  return { managed, others };
}

const deviceOf = (disk: Element): string => disk.attribute("device") ?? "disk";
const pathOf = (disk: Element): string =>
  disk.at("source")?.attribute("file") ?? disk.at("source")?.attribute("dev") ?? "";

function interfacesOf(root: Element): { managed: Element[]; others: string[] } {
  const all = root.at("devices")?.all("interface") ?? [];
  // What a machine that runs has in a network of mode bridge is of another type, and names the network all the same.
  const managed = all.filter(
    (one) =>
      one.at("source")?.attribute("network") !== undefined ||
      (one.attribute("type") === "bridge" && one.at("source")?.attribute("bridge") !== undefined),
  );
  const others = all
    .filter((one) => !managed.includes(one))
    .map((one) => `interface ${one.at("mac")?.attribute("address") ?? ""} (${one.attribute("type") ?? ""})`);
  return { managed, others };
}

function readDisk(disk: Element): DiskDefinition {
  return {
    path: pathOf(disk),
    format: disk.at("driver")?.attribute("type") ?? "raw",
    device: deviceOf(disk) === "cdrom" ? "cdrom" : "disk",
    readBytesPerSecond: disk.at("iotune", "read_bytes_sec")?.number,
    writeBytesPerSecond: disk.at("iotune", "write_bytes_sec")?.number,
  };
}

function readInterface(element: Element): InterfaceDefinition {
  const bridge = element.at("source")?.attribute("bridge");
  const network = element.at("source")?.attribute("network");
  // The XML of a running machine names the bridge beside the network, and of one in mode bridge says that type.
  const bridged = network === undefined && bridge !== undefined;
  const mtu = element.at("mtu")?.attribute("size");
  return {
    source: bridged ? { bridge } : { network: network ?? "" },
    mac: element.at("mac")?.attribute("address") ?? "",
    linkUp: element.at("link")?.attribute("state") !== "down",
    ...(mtu === undefined ? {} : { mtu: Number(mtu) }),
  };
}
