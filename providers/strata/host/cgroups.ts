import { readdir, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { processName } from "../process/processes.ts";

const daemons = ["libvirtd", "virtqemud"];

/** Removes control groups that have no process left, with those inside them. */
export async function removeCgroups(directories: readonly string[]): Promise<void> {
  for (const directory of directories) await removeCgroup(directory);
  // libvirt's own parent of them all, on hosts without systemd. Another libvirtd may have made it a moment ago for its first
  // machine, which then could not start.
  if (await anyDaemonRuns()) return;
  const mounts = await readdir("/sys/fs/cgroup").catch(() => []);
  for (const mount of [".", ...mounts]) {
    await rmdir(join("/sys/fs/cgroup", mount, "machine")).catch(() => undefined);
  }
}

async function anyDaemonRuns(): Promise<boolean> {
  const processes = await readdir("/proc");
  return processes.some((pid) => /^\d+$/.test(pid) && daemons.includes(processName(Number(pid)) ?? ""));
}

async function removeCgroup(directory: string): Promise<void> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (entry.isDirectory()) await removeCgroup(join(directory, entry.name));
  }
  await rmdir(directory).catch(() => undefined);
}
