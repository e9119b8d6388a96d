import { execa } from "execa";
import { createHash } from "node:crypto";
import { existsSync, statfsSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { EmbeddedHost } from "../../../local/embeddedHost.ts";
import { ProviderError } from "../../kit/plain/errors.ts";
import { stateDirectory } from "../../../local/stateDirectory.ts";

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

/** What the loop-back interface of this state directory's namespace is marked with (its alias, at most 255 characters). */
const mark = (): string => `strata ${createHash("sha256").update(stateDirectory()).digest("hex")}`;

/**
 * Whether this state directory made the namespace: names can be anybody's, the mark in it can't. One that was made before
 * there were marks has none.
 */
export async function ownsNamespace(host: EmbeddedHost): Promise<boolean> {
  const name = host.namespace;
  if (!namespaceExists(name)) return false;
  const { stdout } = await execa("ip", ["-n", name, "-j", "link", "show", "dev", "lo"], { timeout: 10_000 });
  const [loopback] = JSON.parse(stdout) as { ifalias?: string }[];
  return loopback?.ifalias === undefined ? madeBeforeMarks(host) : loopback.ifalias === mark();
}

/**
 * Makes the network namespace, with its loop-back interface up and marked. It gets its name last, so there is none without a
 * mark.
 *
 * @throws ProviderError where there is one of this name that is not this state directory's.
 */
export async function ensureNamespace(host: EmbeddedHost): Promise<void> {
  const name = host.namespace;
  if (namespaceExists(name)) {
    if (!(await ownsNamespace(host))) throw new ProviderError(foreignNamespace(name));
    await execa("ip", ["-n", name, "link", "set", "lo", "alias", mark(), "up"], { timeout: 10_000 });
    return;
  }
  await rm(namespacePath(name), { force: true });
  const script = 'ip link set lo alias "$1" up && exec ip netns attach "$2" "$$"';
  await execa("unshare", ["--net", "sh", "-c", script, "sh", mark(), name], { timeout: 10_000 });
}

/** A host that runs since then has its daemon's configuration, and none of virtlogd, which came with the marks. */
function madeBeforeMarks({ runDirectory }: EmbeddedHost): boolean {
  return existsSync(join(runDirectory, "libvirtd.conf")) && !existsSync(join(runDirectory, "virtlogd.conf"));
}

export function foreignNamespace(name: string): string {
  return (
    `there is a network namespace ${name} that this checkout has not made; ` +
    `see what is in it (ip netns pids ${name}), and remove it: ip netns delete ${name}`
  );
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
