import { execa } from "execa";
import { statfsSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";

/** File system type of namespaces (linux/magic.h). */
const nsfsMagic = 0x6e736673;

export function namespacePath(name: string): string {
  return `/run/netns/${name}`;
}

/** Where /run is on a disk, the file of a namespace survives a reboot, and the namespace doesn't. */
export function namespaceExists(name: string): boolean {
  try {
    return statfsSync(namespacePath(name)).type === nsfsMagic;
  } catch {
    return false;
  }
}

/** Whether a process is in a network namespace; without one: in this process's own. */
export function inNamespace(pid: number, name: string | undefined): boolean {
  try {
    const wanted = name === undefined ? "/proc/self/ns/net" : namespacePath(name);
    return statSync(`/proc/${pid}/ns/net`).ino === statSync(wanted).ino;
  } catch {
    return false;
  }
}

/** Makes the network namespace, with its loop-back interface up. */
export async function ensureNamespace(name: string): Promise<void> {
  if (!namespaceExists(name)) {
    await rm(namespacePath(name), { force: true });
    await execa("ip", ["netns", "add", name], { timeout: 10_000 });
  }
  await execa("ip", ["-n", name, "link", "set", "lo", "up"], { timeout: 10_000 });
}

/** Processes that are in the namespace. */
export async function namespaceProcesses(name: string): Promise<number[]> {
  if (!namespaceExists(name)) return [];
  const { stdout } = await execa("ip", ["netns", "pids", name], { timeout: 10_000 });
  return stdout.split("\n").filter(Boolean).map(Number);
}

export async function removeNamespace(name: string): Promise<void> {
  if (namespaceExists(name)) await execa("ip", ["netns", "del", name], { timeout: 10_000 });
  await rm(namespacePath(name), { force: true });
}
