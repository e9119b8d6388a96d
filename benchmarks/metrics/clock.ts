/** A machine's clock against the reference (transport/referenceClock.ts), at one moment. */
export interface OffsetMeasurement {
  /** The moment, by the machine's clock, in ms since 1970. */
  machineMs: number;
  /** Machine's clock minus the reference, in ms. */
  offsetMs: number;
  /** The true offset lies within +- this, in ms: half the round trip of the best echo, and the clocks' own resolution. */
  uncertaintyMs: number;
}

/** Offsets measured before and after a repetition. */
export interface MachineClock {
  before: OffsetMeasurement;
  /** Absent when the run ended before it could be measured: then the drift is unknown and taken as none. */
  after?: OffsetMeasurement;
}

/**
 * Offset and uncertainty at a moment between both measurements, linear in time: the drift of a machine's clock against
 * the reference is constant to about 0.1 ppm over minutes. Outside the two measurements the line goes on; its uncertainty
 * grows with the distance, as a line's does through two points that may each be off.
 * @param machineMs the moment by the machine's clock, in ms since 1970.
 */
export function offsetAt(
  { before, after }: MachineClock,
  machineMs: number,
): { offsetMs: number; uncertaintyMs: number } {
  if (!after || after.machineMs === before.machineMs) {
    return { offsetMs: before.offsetMs, uncertaintyMs: before.uncertaintyMs };
  }
  const share = (machineMs - before.machineMs) / (after.machineMs - before.machineMs);
  return {
    offsetMs: before.offsetMs + share * (after.offsetMs - before.offsetMs),
    uncertaintyMs: Math.abs(1 - share) * before.uncertaintyMs + Math.abs(share) * after.uncertaintyMs,
  };
}

/** A machine's time stamp as the reference would have shown it, in ms since 1970. */
export function toReferenceTime(
  clock: MachineClock,
  machineMs: number,
): { referenceMs: number; uncertaintyMs: number } {
  const { offsetMs, uncertaintyMs } = offsetAt(clock, machineMs);
  return { referenceMs: machineMs - offsetMs, uncertaintyMs };
}

/** Drift against the reference in parts per million; 0 where it could not be measured. */
export function driftPpm({ before, after }: MachineClock): number {
  if (!after || after.machineMs === before.machineMs) return 0;
  return ((after.offsetMs - before.offsetMs) / (after.machineMs - before.machineMs)) * 1e6;
}

/** Twice the 500 ppm that NTP takes a clock for broken at (RFC 5905, MAXFREQ): no crystal and no hypervisor is that far off. */
const runawayPpm = 1000;

/**
 * The machine whose clock runs at another speed than the reference, or was set meanwhile, and how far; undefined where none
 * does. What such a machine timed is worth nothing.
 */
export function runawayClock(clocks: ReadonlyMap<string, MachineClock>): string | undefined {
  for (const [machine, { before, after }] of clocks) {
    if (after === undefined) continue;
    const gainedMs = after.offsetMs - before.offsetMs;
    const referenceMs = after.machineMs - before.machineMs - gainedMs;
    const allowedMs = (Math.abs(referenceMs) * runawayPpm) / 1e6 + before.uncertaintyMs + after.uncertaintyMs;
    if (Math.abs(gainedMs) <= allowedMs) continue;
    const seconds = (ms: number): string => `${(Math.abs(ms) / 1000).toFixed(1)} s`;
    const what = gainedMs > 0 ? "gained" : "lost";
    return `the clock of ${machine} ${what} ${seconds(gainedMs)} in ${seconds(referenceMs)}`;
  }
  return undefined;
}
