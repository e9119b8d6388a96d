import { cancellable } from "../store/cancel.ts";
import { findEntry, verifyEntry, type Entry, type EntryName } from "../store/entry.ts";
import type { Progress } from "../store/progress.ts";
import { hostDistribution } from "../sources/host.ts";
import { recipe } from "./recipe.ts";

/**
 * The machine image that holds these kinds of software, looked up quickly.
 *
 * @param kinds "base" is always in; kinds of software and "workload" add to it.
 * @returns `directory` holds, when the state is "ready", disk.qcow2 (ext4, no partition table), vmlinuz, initramfs.img
 *   and image.json (kernel command line, packages with versions, container images, checksums).
 */
export function machineImage(kinds: string[]): Entry {
  return findEntry(entryName(kinds));
}

/** Like machineImage, with every checksum computed anew (about a second). */
export function verifyMachineImage(kinds: string[]): Entry {
  return verifyEntry(entryName(kinds));
}

/**
 * Builds the image where it is missing or corrupt: some three minutes, 4 GB of disk space while it runs.
 *
 * @param signal ends the build; nothing half-built stays.
 * @throws ArtifactError with what failed, why, and the fix.
 */
export async function buildMachineImage(kinds: string[], progress?: Progress, signal?: AbortSignal): Promise<Entry> {
  const wanted = recipe(kinds, hostDistribution());
  // Only now: each preview looks an image up, and none of what builds it is needed for that.
  const { buildImage } = await import("./build.ts");
  return cancellable(signal, () => buildImage(wanted, entryName(kinds), progress));
}

function entryName(kinds: string[]): EntryName {
  return { kind: "images", key: recipe(kinds, hostDistribution()).key, record: "image.json" };
}
