import { execa } from "execa";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { EmbeddedHost } from "../../../local/embeddedHost.ts";
import { namespaceExists, namespaceProcesses } from "../process/namespace.ts";
import { processName } from "../process/processes.ts";

/** A machine of the embedded host, running or switched off. */
export interface HostMachine {
  /** As libvirt knows it: "lab-cloud-0". */
  name: string;
  running: boolean;
  /** Memory that its process holds now, in MiB; 0 if it does not run. */
  memoryMiB: number;
}

/**
 * The machines that the host has, by name. They are found without the daemon, which may be dead: those that run by their
 * processes, the others by what libvirt keeps of them on disk.
 */
export async function hostMachines({ namespace, dataDirectory }: EmbeddedHost): Promise<HostMachine[]> {
  const processes = (await namespaceProcesses(namespace)).flatMap((pid): HostMachine[] => {
    const name = machineOf(pid);
    return name === undefined ? [] : [{ name, running: true, memoryMiB: residentMiB(pid) }];
  });
  const off = definedMachines(dataDirectory)
    .filter((name) => !processes.some((machine) => machine.name === name))
    .map((name): HostMachine => ({ name, running: false, memoryMiB: 0 }));
  return [...processes, ...off].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Bridges in the host's namespace, one a testbed's network. */
export async function hostBridges({ namespace }: EmbeddedHost): Promise<string[]> {
  if (!namespaceExists(namespace)) return [];
  const args = ["-n", namespace, "-j", "link", "show", "type", "bridge"];
  const { stdout } = await execa("ip", args, { timeout: 10_000 });
  return stdout.trim() === "" ? [] : (JSON.parse(stdout) as { ifname: string }[]).map(({ ifname }) => ifname).sort();
}

/** Memory that a process holds, in MiB. */
export function residentMiB(pid: number): number {
  try {
    const [, kibibytes = "0"] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Math.round(Number(kibibytes) / 1024);
  } catch {
    return 0;
  }
}

/** The name that libvirt starts QEMU with: `-name guest=lab-cloud-0,debug-threads=on`. */
export function machineOf(pid: number): string | undefined {
  // The kernel keeps 15 characters of a process's name.
  if (!(processName(pid) ?? "").startsWith("qemu-system")) return undefined;
  try {
    const args = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return /^guest=([^,]+)/.exec(args[args.indexOf("-name") + 1] ?? "")?.[1];
  } catch {
    return undefined;
  }
}

/** libvirt keeps a machine's definition in a file of its name. */
function definedMachines(dataDirectory: string): string[] {
  try {
    return readdirSync(join(dataDirectory, ".libvirt/etc/qemu"))
      .filter((file) => file.endsWith(".xml"))
      .map((file) => file.slice(0, -".xml".length));
  } catch {
    return [];
  }
}
