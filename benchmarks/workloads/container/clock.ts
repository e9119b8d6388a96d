/** A machine's realtime clock in milliseconds since 1970 with a fraction, readable in any thread of the process. */
export interface Clock {
  now(): number;
  /** Realtime minus monotonic time, in ms; handed to another thread it gives the same clock there. */
  offsetMs: number;
  /** Half the width of the interval in which `offsetMs` is known to lie, in ms. */
  uncertaintyMs: number;
}

/** The kernel's monotonic clock, in ms. Unlike performance.now() it has one origin for all threads. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;

export function clockFrom(offsetMs: number, uncertaintyMs: number): Clock {
  return { now: () => monotonicMs() + offsetMs, offsetMs, uncertaintyMs };
}

/**
 * Finds the realtime clock to about a microsecond. Date.now() gives whole milliseconds, so the moments at which it ticks
 * are caught: each tick bounds the offset from both sides, and the bounds of all ticks are intersected. A tick during
 * which the process lost the processor bounds loosely and does no harm.
 * @param ticks how many ticks to catch; each takes 1 ms of spinning.
 */
export function calibrateClock(ticks = 20, realtime = Date.now, monotonic = monotonicMs): Clock {
  let lower = -Infinity;
  let upper = Infinity;
  let previous = realtime();
  let beforePrevious = monotonic();
  for (let caught = -1; caught < ticks;) {
    const before = monotonic();
    const current = realtime();
    const after = monotonic();
    if (current !== previous) {
      // The first tick is only waited for: the reading before it has no bound of its own.
      if (caught >= 0) {
        upper = Math.min(upper, previous + 1 - beforePrevious);
        lower = Math.max(lower, current - after);
      }
      caught += 1;
    }
    previous = current;
    beforePrevious = before;
  }
  return clockFrom((lower + upper) / 2, Math.abs(upper - lower) / 2);
}

/** What an offset of half a millisecond and a slewed clock come to in a run; less than this is no step. */
const resolutionMs = 2;

/**
 * How far the realtime clock has been set or stepped since the calibration, in ms; 0 within its resolution. The process may
 * lose the processor between two readings, so the clock is read between two of the other one: the step lies within both.
 */
export function clockStepMs(clock: Pick<Clock, "now">, realtime = Date.now): number {
  const before = clock.now();
  const wholeMs = realtime();
  const after = clock.now();
  const [least, most] = [wholeMs - after, wholeMs + 1 - before];
  return least <= resolutionMs && most >= -resolutionMs ? 0 : (least + most) / 2;
}
