import { homedir } from "node:os";
import { join, resolve } from "node:path";

/**
 * Where Strata keeps what every checkout on this machine can share and what can be made again: Node.js, the engine,
 * machine images. Entries are named by the hash of what they are made from. `STRATA_CACHE` overrides it.
 */
export function cacheDirectory(): string {
  return resolve(process.env.STRATA_CACHE ?? join(homedir(), ".cache/strata"));
}
