import { createHash } from "node:crypto";
import type { Libvirt } from "../rpc/libvirt.ts";
import { versions } from "../rpc/memoryProcedures.ts";
import { readXml } from "../xml/document.ts";
import type { DomainDefinition } from "../xml/domain.ts";

/** What has to be the same for saved memory to be brought back. */
export interface Fingerprint {
  /** "7.2.22". */
  qemu: string;
  libvirt: string;
  /** The host's, under KVM; "emulated" where it makes no difference. */
  processor: string;
  /** Digest of all that the machine sees of itself. */
  shape: string;
}

/** @param disk what the machine's disk is: its size in bytes, and the image below it. */
export async function fingerprintOf(
  context: Libvirt,
  definition: DomainDefinition,
  disk: { capacity: number; base: string },
): Promise<Fingerprint> {
  return { ...(await hostOf(context, definition.type)), shape: digest({ ...shapeOf(definition), disk }) };
}

/** The part of it that is the host's. @param type the machine's: "kvm", "qemu". */
export async function hostOf(context: Libvirt, type: string): Promise<Omit<Fingerprint, "shape">> {
  const [{ version }, { xml }] = await Promise.all([
    context.call(versions.hypervisor, undefined),
    context.call(versions.capabilities, undefined),
  ]);
  return {
    qemu: [Math.floor(version / 1_000_000), Math.floor(version / 1000) % 1000, version % 1000].join("."),
    libvirt: context.version,
    processor: type === "kvm" ? processorOf(xml) : "emulated",
  };
}

/** What differs, for a sentence; empty where nothing does. */
export function differences(saved: Fingerprint, now: Partial<Fingerprint>): string[] {
  const names = Object.keys(now) as (keyof Fingerprint)[];
  return names
    .filter((name) => saved[name] !== now[name])
    .map((name) => `${name} was ${saved[name]}, is ${now[name] ?? ""}`);
}

/** Not its name and addresses: a copy gets its own. */
function shapeOf(definition: DomainDefinition): object {
  const { type, arch, machine, emulator, cpuMode, maximumMemoryMiB, maximumVcpus, vcpus, balloon, cmdline } =
    definition;
  const { disks, interfaces, consoles } = definition;
  return {
    ...{ type, arch, machine, emulator, cpuMode, maximumMemoryMiB, maximumVcpus, vcpus, balloon, cmdline },
    disks: disks.map(({ device, format }) => ({ device, format })),
    interfaces: interfaces.map(({ mtu }) => ({ mtu })),
    consoles: consoles.map(({ targetType }) => targetType),
  };
}

/** Its model alone is not enough: microcode and the host's kernel take features away and bring them back. */
function processorOf(capabilities: string): string {
  const cpu = readXml("capabilities", capabilities).at("host", "cpu");
  const features = cpu?.all("feature").map((feature) => feature.attribute("name") ?? "") ?? [];
  return `${cpu?.at("model")?.text ?? "unknown"} (${features.length} features, ${digest(features.sort()).slice(0, 8)})`;
}

const digest = (value: unknown): string =>
  createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);
