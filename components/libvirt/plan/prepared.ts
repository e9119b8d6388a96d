import { createHash } from "node:crypto";
import type { LibvirtMachinePlan } from "./plan.ts";

/** Raised when what a machine is saved in changes in a way that the rest does not show. */
const formatVersion = 1;

/**
 * Names the machine that others are copies of, by all that it is made of: 16 hexadecimal digits, the same for equal machines
 * of all testbeds.
 *
 * @param boot what decides how machines boot on that host, whichever they are.
 */
export function preparedKey(
  { cpus, memoryMiB, diskGiB }: Pick<LibvirtMachinePlan, "cpus" | "memoryMiB" | "diskGiB">,
  boot: object,
): string {
  const parts = JSON.stringify({ formatVersion, cpus, memoryMiB, diskGiB, boot });
  return createHash("sha256").update(parts).digest("hex").slice(0, 16);
}
