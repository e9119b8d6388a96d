import type { Owner } from "../ownership.ts";
import { bytesOf, readXml, type Element } from "./document.ts";
import { quotaPeriod, type DiskDefinition, type InterfaceDefinition } from "./domain.ts";
import { readOwner } from "./metadata.ts";

/** What libvirt says of a machine, as far as this plugin manages it. */
export interface DomainFacts {
  uuid: string;
  name: string;
  type: string;
  owner?: Owner;
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
  consoleLog?: string;
}

export function readDomain(xml: string): DomainFacts {
  const root = readXml("domain", xml);
  const os = root.at("os");
  return {
    uuid: root.at("uuid")?.text ?? "",
    name: root.at("name")?.text ?? "",
    type: root.attribute("type") ?? "",
    owner: readOwner(root),
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
    disks: (root.at("devices")?.all("disk") ?? []).map(readDisk),
    diskTargets: (root.at("devices")?.all("disk") ?? []).map((disk) => disk.at("target")?.attribute("dev") ?? ""),
    interfaces: (root.at("devices")?.all("interface") ?? []).map(readInterface),
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

function readDisk(disk: Element): DiskDefinition {
  return {
    path: disk.at("source")?.attribute("file") ?? disk.at("source")?.attribute("dev") ?? "",
    format: disk.at("driver")?.attribute("type") ?? "raw",
    device: disk.attribute("device") === "cdrom" ? "cdrom" : "disk",
    readBytesPerSecond: disk.at("iotune", "read_bytes_sec")?.number,
    writeBytesPerSecond: disk.at("iotune", "write_bytes_sec")?.number,
  };
}

function readInterface(element: Element): InterfaceDefinition {
  const bridge = element.at("source")?.attribute("bridge");
  const network = element.at("source")?.attribute("network") ?? "";
  // The XML of a running machine names the bridge beside the network.
  const bridged = element.attribute("type") === "bridge" && bridge !== undefined;
  const mtu = element.at("mtu")?.attribute("size");
  return {
    source: bridged ? { bridge } : { network },
    mac: element.at("mac")?.attribute("address") ?? "",
    linkUp: element.at("link")?.attribute("state") !== "down",
    ...(mtu === undefined ? {} : { mtu: Number(mtu) }),
  };
}
