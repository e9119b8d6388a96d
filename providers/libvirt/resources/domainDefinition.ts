import { createHash } from "node:crypto";
import { ProviderError } from "../../kit/plain/errors.ts";
import { ownerOf } from "../xml/ownership.ts";
import { ifExists } from "../rpc/errors.ts";
import type { Libvirt } from "../rpc/libvirt.ts";
import { networks } from "../rpc/procedures.ts";
import type { ConsoleDefinition, DiskDefinition, DomainDefinition, InterfaceDefinition } from "../xml/domain.ts";
import { readNetwork } from "../xml/network.ts";
import { defaultCpuMode, defaultMachine, hostArchitecture } from "./architecture.ts";
import { formatCpuSet, parseCpuSet } from "./cpuSet.ts";
import { defaults, type DiskInputs, type DomainInputs, type InterfaceInputs } from "./domainInputs.ts";
import { leaseFromNow } from "./domainMetadata.ts";
import { identityChannel } from "../saved/wake.ts";
import { findVolumeById, volumeFacts } from "./volumes.ts";

/**
 * The machine that the inputs describe; volumes and networks are looked up, and must exist.
 *
 * @param present the disks that it has: their formats stay, whatever libvirt finds in them now. A machine can write into a
 * raw disk what makes that a qcow2 image over any file of the host's.
 */
export async function domainDefinition(
  context: Libvirt,
  urn: string,
  given: DomainInputs,
  present: readonly DiskDefinition[] = [],
): Promise<DomainDefinition> {
  const [disks, cloudinit, interfaces, kernel, initrd] = await Promise.all([
    Promise.all((given.disks ?? []).map((disk, index) => diskDefinition(context, disk, index, present))),
    given.cloudinit === undefined ? [] : cloudinitDefinition(context, given.cloudinit),
    Promise.all((given.networkInterfaces ?? []).map((entry, index) => interfaceDefinition(context, entry, urn, index))),
    given.kernel === undefined ? undefined : pathOf(context, given.kernel),
    given.initrd === undefined ? undefined : pathOf(context, given.initrd),
  ]);
  const { memory = defaults.memory, vcpu = defaults.vcpu } = given;
  const host = await hostArchitecture(context);
  const arch = given.arch ?? host;
  const type = await hypervisor(context, given, arch === host);
  return {
    type,
    name: given.name,
    owner: ownerOf(urn),
    lease: given.lease === undefined ? undefined : leaseFromNow(given.lease),
    description: given.description,
    memoryMiB: memory,
    maximumMemoryMiB: given.memoryMaximum ?? memory,
    balloon: given.memoryMaximum !== undefined,
    vcpus: vcpu,
    maximumVcpus: given.vcpuMaximum ?? vcpu,
    cpuPinning: given.cpuPinning?.map((set) => formatCpuSet(parseCpuSet(set))),
    cpuQuota: given.cpuQuota,
    cpuMode: given.cpu?.mode ?? defaultCpuMode(arch, type),
    arch,
    machine: given.machine ?? defaultMachine(arch),
    emulator: given.emulator,
    kernel,
    initrd,
    cmdline: commandLine(given.cmdlines),
    disks: [...disks, ...cloudinit],
    interfaces,
    consoles: consoleDefinitions(given),
    ...(given.prepared === undefined ? {} : toldWhoItIs(arch, type)),
  };
}

/** What lets a copy be told that it is one, and which: a port, and a device that its kernel may listen to. */
function toldWhoItIs(arch: string, type: string): Pick<DomainDefinition, "channels" | "generationId"> {
  if (type === "test") return {};
  return { channels: [identityChannel], generationId: arch === "x86_64" };
}

/** @param native whether it is a machine of the host's own architecture; KVM runs no others. */
async function hypervisor(context: Libvirt, given: DomainInputs, native: boolean): Promise<string> {
  if (context.isTest) return "test";
  const wanted = given.domainType ?? given.type ?? "auto";
  if (wanted !== "auto") return wanted;
  return native && (await context.kvmUsable()) ? "kvm" : "qemu";
}

/**
 * The kernel command line: upstream's list of maps, where the key `_` holds words of its own, and every other key
 * makes `key=value`. A key that is to occur twice goes into two maps.
 */
export function commandLine(cmdlines: DomainInputs["cmdlines"]): string | undefined {
  if (cmdlines === undefined || cmdlines.length === 0) return undefined;
  return cmdlines
    .flatMap((words) =>
      Object.keys(words)
        .sort()
        .map((key) => (key === "_" ? words[key] : `${key}=${words[key] ?? ""}`)),
    )
    .join(" ");
}

async function diskDefinition(
  context: Libvirt,
  disk: DiskInputs,
  index: number,
  present: readonly DiskDefinition[],
): Promise<DiskDefinition> {
  const ref = await findVolumeById(context, disk.volumeId);
  if (!ref) throw new ProviderError(`disks[${index}].volumeId: there is no volume ${disk.volumeId} at ${context.uri}`);
  const { path, format: found } = await volumeFacts(context, ref);
  const format = present.find((one) => one.path === path)?.format ?? found;
  const limits = { readBytesPerSecond: disk.diskRead, writeBytesPerSecond: disk.diskWrite };
  return { path, format, device: "disk", ...limits };
}

async function cloudinitDefinition(context: Libvirt, id: string): Promise<DiskDefinition[]> {
  // A CloudInitDisk of upstream's has an id of two parts, the volume's id and a UUID.
  const ref = await findVolumeById(context, id.split(";")[0] ?? id);
  if (!ref) throw new ProviderError(`cloudinit: there is no volume ${id} at ${context.uri}`);
  return [{ path: (await volumeFacts(context, ref)).path, format: "raw", device: "cdrom" }];
}

async function interfaceDefinition(
  context: Libvirt,
  entry: InterfaceInputs,
  urn: string,
  index: number,
): Promise<InterfaceDefinition> {
  const mac = entry.mac?.toLowerCase() ?? derivedMac(urn, index);
  const linkUp = entry.linkUp ?? true;
  if (entry.bridge !== undefined) return { source: { bridge: entry.bridge }, mac, linkUp };
  const { networkName: name, networkId: uuid = "" } = entry;
  const found = await ifExists(
    name === undefined ? context.call(networks.lookupByUuid, { uuid }) : context.call(networks.lookupByName, { name }),
  );
  if (!found) {
    // One by name may be made later; the start of the machine then says so.
    if (name !== undefined) return { source: { network: name }, mac, linkUp };
    throw new ProviderError(`networkInterfaces[${index}].networkId: there is no network ${uuid} at ${context.uri}`);
  }
  // The bridge keeps to a network's MTU by itself; the machine has to be told.
  const { mtu } = readNetwork((await context.call(networks.xml, { network: found.network, flags: 0 })).xml);
  return { source: { network: found.network.name }, mac, linkUp, ...(mtu === undefined ? {} : { mtu }) };
}

/** An address in QEMU's range that stays the same however often the machine is defined. */
export function derivedMac(urn: string, index: number): string {
  const hash = createHash("sha256").update(`${urn} ${index}`).digest();
  return ["52", "54", "00", ...[...hash.subarray(0, 3)].map((byte) => byte.toString(16).padStart(2, "0"))].join(":");
}

/** A volume's file, or the path itself where no volume has this id. */
async function pathOf(context: Libvirt, idOrPath: string): Promise<string> {
  const ref = await findVolumeById(context, idOrPath);
  return ref ? (await volumeFacts(context, ref)).path : idOrPath;
}

function consoleDefinitions({ consoles, consoleLog }: DomainInputs): ConsoleDefinition[] {
  const wanted = consoles ?? [{ targetType: "serial" as const, targetPort: "0" }];
  const first = wanted.findIndex(({ targetType }) => targetType !== "virtio");
  return wanted.map(({ targetType, targetPort }, index) => ({
    targetType: targetType ?? "serial",
    port: Number(targetPort),
    logFile: index === first ? consoleLog : undefined,
  }));
}
