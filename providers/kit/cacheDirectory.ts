import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** Where Strata keeps what checkouts share and can make again: `$STRATA_CACHE`, else ~/.cache/strata. */
export function cacheDirectory(): string {
  return resolve(process.env.STRATA_CACHE ?? join(homedir(), ".cache/strata"));
}
