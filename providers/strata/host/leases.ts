import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { leaseDirectory, leaseFile } from "../../../local/embeddedHost.ts";
import { isStackName } from "../../../local/stateDirectory.ts";

/**
 * The stacks that use the embedded host. Only a folder that is not there means none: one that can't be read must not end the
 * host of stacks that it does not name.
 */
export async function leases(): Promise<string[]> {
  try {
    return (await readdir(leaseDirectory())).filter(isStackName).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

export async function addLease(stack: string): Promise<void> {
  await mkdir(leaseDirectory(), { recursive: true, mode: 0o700 });
  await writeFile(leaseFile(stack), "");
}

export async function removeLease(stack: string): Promise<void> {
  await rm(leaseFile(stack), { force: true });
}

export async function removeAllLeases(): Promise<void> {
  await rm(leaseDirectory(), { recursive: true, force: true });
}
