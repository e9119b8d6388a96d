/** A packet on its way through a queue. */
export interface Passing {
  arrivedMs: number;
  /** Of IP. */
  bytes: number;
  leftMs: number;
}

export interface Arrival {
  ms: number;
  bytes: number;
}

/**
 * What mahimahi's mm-link does to packets (its link_queue.cc, in words): at each time of the trace, which begins anew at its end,
 * 1500 bytes may pass; a packet that is larger than what is left goes on at the next time; what is not used is lost. The queue is not
 * bounded.
 */
export function throughMahimahi(times: readonly number[], arrivals: readonly Arrival[], endMs: number): Passing[] {
  const lengthMs = times.at(-1) ?? 1;
  const passed: Passing[] = [];
  let [turn, place, next, left] = [0, 0, 0, arrivals[0]?.bytes ?? 0];
  for (;;) {
    const nowMs = turn * lengthMs + (times[place] ?? 0);
    if (nowMs >= endMs) return passed;
    for (let room = 1500; room > 0 && next < arrivals.length;) {
      const { ms: arrivedMs, bytes } = arrivals[next] ?? { ms: 0, bytes: 0 };
      if (arrivedMs > nowMs) break;
      const used = Math.min(room, left);
      room -= used;
      left -= used;
      if (left > 0) break;
      passed.push({ arrivedMs, bytes, leftMs: nowMs });
      next += 1;
      left = arrivals[next]?.bytes ?? 0;
    }
    place += 1;
    if (place === times.length) [turn, place] = [turn + 1, 0];
  }
}

/**
 * Times like those of a phone in a moving car: a rate that wanders around 4 Mbit/s, mostly within 1 and 15, and outages of up to some seconds.
 * A model, no measurement; the same seed, the same times.
 */
export function drivenTrace(seed: number, seconds: number): number[] {
  let state = seed;
  const random = (): number => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
  const times: number[] = [];
  let [mbit, credit, outUntilMs] = [4, 0, 0];
  for (let ms = 0; ms < seconds * 1000; ms += 1) {
    // Back to 4 Mbit/s within seconds, in logarithms.
    if (ms % 50 === 0) mbit *= Math.exp((random() - 0.5) * 0.6 - 0.03 * Math.log(mbit / 4));
    if (ms % 1000 === 0 && ms > outUntilMs && random() < 0.08) outUntilMs = ms + 300 + 6000 * random() ** 2;
    if (ms < outUntilMs) continue;
    // Bursts of some ms, as the radio's schedule makes them.
    credit += (mbit * 1000) / 12_000;
    if (random() < 0.3) for (; credit >= 1; credit -= 1) times.push(ms);
  }
  return times.at(-1) === seconds * 1000 ? times : [...times, seconds * 1000];
}
