import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/**
 * Tells apart who made something, by this machine and a directory on it, which nobody else has: eight hexadecimal digits.
 * Clones of a machine share its id, containers of an image too; their names differ.
 */
export function originOf(directory: string): string {
  return createHash("sha256").update([machineId(), hostname(), directory].join("\0")).digest("hex").slice(0, 8);
}

function machineId(): string {
  try {
    return readFileSync("/etc/machine-id", "utf8").trim();
  } catch {
    // Containers often have none.
    return "";
  }
}
