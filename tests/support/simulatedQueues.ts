import type { Arrival, Passing } from "./mahimahi.ts";

/** From a moment on: the class's rate and how much it may keep; 0: the plug holds. */
interface Step {
  atMs: number;
  bit: number;
  burstBytes: number;
}

/** What the injector replays, from the lines that stand beside a rule. */
export function playedSteps(batch: string): { steps: Step[]; lengthMs: number; limit: number } {
  const lengthMs = Number(/^# trace \w+ loop (\d+)$/m.exec(batch)?.[1]);
  let limit = 0;
  const steps = [...batch.matchAll(/^# step \w+ (\d+) limit (\d+) .* rate 100gbit htb (.*)$/gm)].map(
    ([, atMs, packets, rate = ""]): Step => {
      const [, bit = 0, burstBytes = 0] = /^rate (\d+)bit .* cburst (\d+) /.exec(rate) ?? [];
      limit = Math.max(limit, Number(packets));
      return { atMs: Number(atMs), bit: Number(bit), burstBytes: Number(burstBytes) };
    },
  );
  return { steps, lengthMs, limit };
}

const headerBytes = 14;

/**
 * The arithmetic of a class of htb (sch_htb.c) above a plug: it keeps time, not bytes, at most its burst; a packet goes when none
 * is owed and then costs what it takes at the rate of the moment; a change of the rate forgives nothing, and a class that waits
 * looks again at the end of its wait. The plug's release makes it look at once.
 *
 * @param lateMs how long after its time a change is in force.
 */
export function throughQueues(batch: string, arrivals: readonly Arrival[], endMs: number, lateMs: number): Passing[] {
  const { steps, lengthMs, limit } = playedSteps(batch);
  const passed: Passing[] = [];
  const changes: Step[] = [];
  for (let turn = 0; turn * lengthMs < endMs; turn += 1) {
    changes.push(...steps.map((step) => ({ ...step, atMs: turn * lengthMs + step.atMs + lateMs })));
  }
  let [place, tokensMs, sinceMs, waitsUntilMs] = [0, 0, 0, 0];
  const at = (ms: number): Step => {
    while ((changes[place + 1]?.atMs ?? Infinity) <= ms) place += 1;
    return changes[place] as Step;
  };
  let [waiting, counted] = [0, 0];
  for (const [next, { ms, bytes }] of arrivals.entries()) {
    // The limit, as netem keeps it: packets that have come and not gone.
    for (; counted < passed.length && (passed[counted]?.leftMs ?? 0) <= ms; counted += 1) waiting -= 1;
    waiting += 1;
    if (waiting > limit) throw new Error(`packet ${next} finds ${limit} waiting`);
    let now = Math.max(ms, waitsUntilMs);
    for (;;) {
      const step = at(now);
      if (step.bit === 0) {
        const after = changes[place + 1];
        if (after === undefined || after.atMs > endMs) return passed;
        now = after.atMs;
        continue;
      }
      const costMs = ((bytes + headerBytes) * 8000) / step.bit;
      const most = (step.burstBytes * 8000) / step.bit;
      const tokens = Math.min(most, tokensMs + now - sinceMs);
      if (tokens < -1e-6) {
        now -= tokens;
        continue;
      }
      if (now > endMs) return passed;
      [tokensMs, sinceMs, waitsUntilMs] = [tokens - costMs, now, now];
      passed.push({ arrivedMs: ms, bytes, leftMs: now });
      break;
    }
  }
  return passed;
}
