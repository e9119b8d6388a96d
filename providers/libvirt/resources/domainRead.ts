import type { Libvirt } from "../rpc/libvirt.ts";
import type { DomainFacts } from "../xml/readDomain.ts";
import type { DiskDefinition, DomainDefinition, InterfaceDefinition } from "../xml/domain.ts";
import { domainDefinition } from "./domainDefinition.ts";
import { defaults, type DiskInputs, type DomainInputs, type InterfaceInputs } from "./domainInputs.ts";

/** What libvirt says of a machine, besides its XML. */
export interface DomainState {
  facts: DomainFacts;
  running: boolean;
  autostart: boolean;
}

/**
 * The inputs that describe the machine as it is. Where an input says the same as libvirt does it stays as it was
 * written; where not, libvirt's value takes its place, so that a refresh shows the drift and the next update mends it.
 */
export async function domainInputsOf(
  context: Libvirt,
  urn: string,
  known: Partial<DomainInputs>,
  { facts, running, autostart }: DomainState,
): Promise<DomainInputs> {
  // What should be there; undefined where a volume or a network that it needs has gone.
  const wanted = await domainDefinition(context, urn, { ...known, name: facts.name }).catch(() => undefined);
  const result: DomainInputs = { ...known, name: facts.name };
  if ((known.memory ?? defaults.memory) !== facts.memoryMiB) result.memory = facts.memoryMiB;
  if ((known.vcpu ?? defaults.vcpu) !== facts.vcpus) result.vcpu = facts.vcpus;
  if (known.cpu?.mode !== undefined && known.cpu.mode !== facts.cpuMode) {
    result.cpu = { mode: facts.cpuMode as "maximum" };
  }
  if (Math.abs((known.cpuQuota ?? 0) - (facts.cpuQuota ?? 0)) > 1e-4) result.cpuQuota = facts.cpuQuota;
  if (known.description !== facts.description) result.description = facts.description;
  if ((known.autostart ?? false) !== autostart) result.autostart = autostart;
  if ((known.running ?? true) !== running) result.running = running;
  if (wanted?.kernel !== facts.kernel) result.kernel = facts.kernel;
  if (wanted?.initrd !== facts.initrd) result.initrd = facts.initrd;
  if (wanted?.cmdline !== facts.cmdline)
    result.cmdlines = facts.cmdline === undefined ? undefined : [{ _: facts.cmdline }];
  if (known.consoleLog !== facts.consoleLog) result.consoleLog = facts.consoleLog;
  return { ...result, ...devices(wanted, facts) };
}

function devices(
  wanted: DomainDefinition | undefined,
  facts: DomainFacts,
): Pick<DomainInputs, "disks" | "cloudinit" | "networkInterfaces"> {
  const result: Pick<DomainInputs, "disks" | "cloudinit" | "networkInterfaces"> = {};
  const disks = facts.disks.filter(({ device }) => device === "disk");
  if (
    !same(
      wanted?.disks.filter(({ device }) => device === "disk"),
      disks,
    )
  ) {
    result.disks = disks.map(diskInputs);
  }
  const cdrom = facts.disks.find(({ device }) => device === "cdrom")?.path;
  if (wanted?.disks.find(({ device }) => device === "cdrom")?.path !== cdrom) result.cloudinit = cdrom;
  if (!same(wanted?.interfaces, facts.interfaces)) result.networkInterfaces = facts.interfaces.map(interfaceInputs);
  return result;
}

function same<T extends DiskDefinition | InterfaceDefinition>(wanted: T[] | undefined, actual: T[]): boolean {
  const text = (list: T[] | undefined): string => JSON.stringify(list?.map((entry) => Object.entries(entry).sort()));
  return text(wanted ?? []) === text(actual);
}

function diskInputs({ path, readBytesPerSecond, writeBytesPerSecond }: DiskDefinition): DiskInputs {
  return { volumeId: path, diskRead: readBytesPerSecond, diskWrite: writeBytesPerSecond };
}

function interfaceInputs({ source, mac }: InterfaceDefinition): InterfaceInputs {
  return "bridge" in source ? { bridge: source.bridge, mac } : { networkName: source.network, mac };
}
