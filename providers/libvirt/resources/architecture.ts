import { arch as hostArch } from "node:os";
import type { Libvirt } from "../rpc/libvirt.ts";
import { node } from "../rpc/procedures.ts";

/** Node's names of architectures and libvirt's. */
const names: Partial<Record<string, string>> = { x64: "x86_64", arm64: "aarch64" };

/** QEMU's machine type for a server with PCI devices, by architecture; libvirt's own choice for others. */
const machines: Partial<Record<string, string>> = {
  x86_64: "q35",
  i686: "q35",
  aarch64: "virt",
  armv7l: "virt",
  riscv64: "virt",
  ppc64: "pseries",
  ppc64le: "pseries",
  s390x: "s390-ccw-virtio",
};

/** libvirt's name of this process's architecture. */
export const ownArchitecture = (): string => names[hostArch()] ?? hostArch();

export const defaultMachine = (arch: string): string | undefined => machines[arch];

/**
 * The processor of a machine that asks for none. QEMU's own choice for "virt" is one of 32 bits, on which no system of 64
 * bits boots; elsewhere it is of use.
 */
export function defaultCpuMode(arch: string, hypervisor: string): string | undefined {
  if (arch !== "aarch64") return undefined;
  return hypervisor === "kvm" ? "host-passthrough" : "maximum";
}

/** The architecture of the machine that the daemon is on. */
export async function hostArchitecture(context: Libvirt): Promise<string> {
  if (context.isRemote && !context.isTest) return (await context.call(node.info, undefined)).model;
  return ownArchitecture();
}
