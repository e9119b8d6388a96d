import { isDeepStrictEqual } from "node:util";
import type { Libvirt } from "../rpc/libvirt.ts";
import { domains, node, type DomainRef } from "../rpc/procedures.ts";
import { asKept } from "../xml/document.ts";
import type { DiskDefinition, DomainDefinition, InterfaceDefinition } from "../xml/domain.ts";
import type { DomainFacts } from "../xml/readDomain.ts";
import { formatCpuSet, parseCpuSet } from "./cpuSet.ts";
import { defaultMachine, ownArchitecture } from "./architecture.ts";
import { domainDefinition } from "./domainDefinition.ts";
import { factsOf, isRunning } from "./domainFacts.ts";
import { defaults, type DiskInputs, type DomainInputs, type InterfaceInputs } from "./domainInputs.ts";

/** What someone may have changed of a machine that runs, without changing how it starts next time. */
const liveKeys = ["memory", "vcpu", "cpuQuota", "cpuPinning", "description", "disks", "networkInterfaces"] as const;

/**
 * The inputs that describe the machine as it is. Where an input says the same as libvirt does it stays as it was
 * written; where not, libvirt's value takes its place, so that a refresh shows the drift and the next update mends it.
 */
export async function domainInputsOf(
  context: Libvirt,
  urn: string,
  known: Partial<DomainInputs>,
  ref: DomainRef,
): Promise<DomainInputs> {
  const [config, { autostart }, host] = await Promise.all([
    factsOf(context, ref),
    context.call(domains.autostart, { domain: ref }),
    context.call(node.info, undefined),
  ]);
  // What should be there; undefined where a volume or a network that it needs has gone.
  const wanted = await domainDefinition(context, urn, { ...known, name: config.name }, config.disks).catch(
    () => undefined,
  );
  const result = inputsOf(known, wanted, config, host.cpus);
  if (isRunning(ref)) {
    const live = inputsOf(known, wanted, await factsOf(context, ref, "live"), host.cpus);
    for (const key of liveKeys) {
      if (!isDeepStrictEqual(live[key], known[key])) Object.assign(result, { [key]: live[key] });
    }
  }
  if ((known.autostart ?? false) !== autostart) result.autostart = autostart;
  if ((known.running ?? true) !== isRunning(ref)) result.running = isRunning(ref);
  if (known.name === undefined) Object.assign(result, foreign(context, config));
  return result;
}

function inputsOf(
  known: Partial<DomainInputs>,
  wanted: DomainDefinition | undefined,
  facts: DomainFacts,
  hostCpus: number,
): DomainInputs {
  const result: DomainInputs = { ...known, name: facts.name };
  const { memory = defaults.memory, vcpu = defaults.vcpu } = known;
  if (memory !== facts.memoryMiB) result.memory = facts.memoryMiB;
  if (vcpu !== facts.vcpus) result.vcpu = facts.vcpus;
  if ((known.memoryMaximum ?? memory) !== facts.maximumMemoryMiB) {
    result.memoryMaximum = facts.maximumMemoryMiB === facts.memoryMiB ? undefined : facts.maximumMemoryMiB;
  }
  if ((known.vcpuMaximum ?? vcpu) !== facts.maximumVcpus) {
    result.vcpuMaximum = facts.maximumVcpus === facts.vcpus ? undefined : facts.maximumVcpus;
  }
  if (known.cpu?.mode !== undefined && known.cpu.mode !== facts.cpuMode) {
    result.cpu = { mode: facts.cpuMode as "maximum" };
  }
  if (Math.abs((known.cpuQuota ?? 0) - (facts.cpuQuota ?? 0)) > 1e-4) result.cpuQuota = facts.cpuQuota;
  const pinning = pinningOf(facts, hostCpus);
  if (!isDeepStrictEqual(wanted?.cpuPinning?.slice(0, facts.vcpus) ?? [], pinning)) {
    result.cpuPinning = pinning.length === 0 ? undefined : pinning;
  }
  if (asKept(known.description) !== facts.description) result.description = facts.description;
  if (known.lease !== facts.lease?.seconds) result.lease = facts.lease?.seconds;
  if (wanted?.kernel !== facts.kernel) result.kernel = facts.kernel;
  if (wanted?.initrd !== facts.initrd) result.initrd = facts.initrd;
  if (wanted?.cmdline !== facts.cmdline)
    result.cmdlines = facts.cmdline === undefined ? undefined : [{ _: facts.cmdline }];
  if (known.consoleLog !== facts.consoleLog) result.consoleLog = facts.consoleLog;
  return { ...result, ...devices(wanted, facts) };
}

/** Of each virtual processor, without those at the end that may run on all of the host's. */
function pinningOf({ cpuPinning, vcpus }: DomainFacts, hostCpus: number): string[] {
  const all = hostCpus === 1 ? "0" : `0-${hostCpus - 1}`;
  const pinning = Array.from({ length: Math.min(vcpus, cpuPinning.length) }, (_, vcpu) =>
    cpuPinning[vcpu] === undefined ? all : formatCpuSet(parseCpuSet(cpuPinning[vcpu])),
  );
  while (pinning.at(-1) === all) pinning.pop();
  return pinning;
}

/** What a machine that others have made needs besides, to stay as it is when it is taken over. */
function foreign(context: Libvirt, { arch, machine, type, cpuMode }: DomainFacts): Partial<DomainInputs> {
  if (context.isTest) return {};
  return {
    arch: arch === ownArchitecture() ? undefined : arch,
    // libvirt writes out the version of a machine type: pc-q35-7.2.
    machine: machine.includes(defaultMachine(arch) ?? " ") ? undefined : machine,
    domainType: type === "kvm" || type === "qemu" ? type : undefined,
    cpu:
      cpuMode === "maximum" || cpuMode === "host-model" || cpuMode === "host-passthrough"
        ? { mode: cpuMode }
        : undefined,
  };
}

function devices(
  wanted: DomainDefinition | undefined,
  facts: DomainFacts,
): Pick<DomainInputs, "disks" | "cloudinit" | "networkInterfaces"> {
  const result: Pick<DomainInputs, "disks" | "cloudinit" | "networkInterfaces"> = {};
  const plainDisks = (list: DiskDefinition[] | undefined) => list?.filter(({ device }) => device === "disk");
  const disks = plainDisks(facts.disks) ?? [];
  if (!same(plainDisks(wanted?.disks), disks)) result.disks = disks.map(diskInputs);
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

function interfaceInputs({ source, mac, linkUp }: InterfaceDefinition): InterfaceInputs {
  const link = linkUp ? {} : { linkUp };
  return "bridge" in source ? { bridge: source.bridge, mac, ...link } : { networkName: source.network, mac, ...link };
}
