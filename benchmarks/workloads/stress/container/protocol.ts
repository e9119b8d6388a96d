/** Beside what all parts have. */
export interface StressConfig {
  run: string;
  id: string;
  cores: number;
  memoryMiB: number;
  /** Load before this time after the start, in ms, is flagged as warm-up. */
  warmupMs: number;
  durationMs: number;
  /** How long to wait for the start sign, in ms. */
  goLimitMs: number;
}

/** What a thread hashes at once, in bytes. */
export const chunkBytes = 64 * 1024;

/**
 * A line about once a second: its end, in ms since 1970 by the machine's clock, how long it was in ms, the bytes that all
 * threads hashed in it, and whether it is of the warm-up.
 */
export const columns = ["atMs", "spanMs", "bytes", "warmup"] as const;
