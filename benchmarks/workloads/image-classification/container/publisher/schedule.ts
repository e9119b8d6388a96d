import type { PublisherConfig } from "../protocol.ts";

export interface ScheduledPhoto {
  seq: number;
  /** ms since 1970, by the endpoint's clock. */
  intendedMs: number;
  warmup: boolean;
}

type ScheduleConfig = Pick<PublisherConfig, "rateHz" | "warmupMs" | "durationMs" | "phaseMs">;

/**
 * All send times, fixed before the first photo leaves (open loop): a slow system under test delays replies, never the
 * sending, so no delay is hidden by photos that were not sent ("coordinated omission").
 * @param startAtMs ms since 1970; the first photo is intended at startAtMs + phaseMs.
 */
export function planSchedule(config: ScheduleConfig, startAtMs: number): ScheduledPhoto[] {
  const intervalMs = 1000 / config.rateHz;
  // The small allowance keeps 0.1 s x 10 Hz at one photo although 0.1 x 10 is not exact in binary.
  const count = Math.ceil((config.warmupMs + config.durationMs) / intervalMs - 1e-6);
  return Array.from({ length: count }, (_, seq) => {
    const sinceStart = seq * intervalMs;
    const intendedMs = startAtMs + config.phaseMs + sinceStart;
    return { seq, intendedMs, warmup: sinceStart < config.warmupMs - 1e-6 };
  });
}
