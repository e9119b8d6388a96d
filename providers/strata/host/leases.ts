import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stateDirectory } from "../../kit/stateDirectory.ts";

/**
 * One empty file a stack that uses the embedded host. They are kept beside the engine's state, not under /run: after a
 * reboot the first stack to be destroyed must not take the disks of the others with it.
 */
const directory = () => join(stateDirectory(), "host", "leases");

export async function leases(): Promise<string[]> {
  try {
    return (await readdir(directory())).sort();
  } catch {
    return [];
  }
}

export async function addLease(stack: string): Promise<void> {
  await mkdir(directory(), { recursive: true, mode: 0o700 });
  await writeFile(join(directory(), stack), "");
}

export async function removeLease(stack: string): Promise<void> {
  await rm(join(directory(), stack), { force: true });
}

export async function removeAllLeases(): Promise<void> {
  await rm(directory(), { recursive: true, force: true });
}
