import { driftPpm, offsetAt, runawayClock, toReferenceTime } from "../../../benchmarks/metrics/clock.ts";

const clock = {
  before: { machineMs: 1000, offsetMs: 10, uncertaintyMs: 0.2 },
  after: { machineMs: 2000, offsetMs: 12, uncertaintyMs: 0.4 },
};

describe("a machine's clock", () => {
  test("lies on the line through both measurements, its uncertainty too", () => {
    expect(offsetAt(clock, 1000)).toEqual({ offsetMs: 10, uncertaintyMs: 0.2 });
    expect(offsetAt(clock, 1500)).toEqual({ offsetMs: 11, uncertaintyMs: 0.30000000000000004 });
    expect(offsetAt(clock, 2000)).toEqual({ offsetMs: 12, uncertaintyMs: 0.4 });
  });

  test("grows less certain outside", () => {
    expect(offsetAt(clock, 3000).offsetMs).toBe(14);
    expect(offsetAt(clock, 3000).uncertaintyMs).toBeCloseTo(1, 12);
  });

  test("turns into the host's time", () => {
    expect(toReferenceTime(clock, 1500)).toEqual({ referenceMs: 1489, uncertaintyMs: 0.30000000000000004 });
  });

  test("without a second measurement stays where it was", () => {
    expect(offsetAt({ before: clock.before }, 9999)).toEqual({ offsetMs: 10, uncertaintyMs: 0.2 });
    expect(driftPpm({ before: clock.before })).toBe(0);
  });

  test("that runs twice as fast, or was set back, is no clock", () => {
    const after = (machineMs: number, offsetMs: number) => ({ machineMs, offsetMs, uncertaintyMs: 0.4 });
    const runaway = (machineMs: number, offsetMs: number) =>
      runawayClock(new Map([["edge-0", { before: clock.before, after: after(machineMs, offsetMs) }]]));
    expect(runaway(121_000, 60_010)).toBe("the clock of edge-0 gained 60.0 s in 60.0 s");
    expect(runaway(31_000, -29_990)).toBe("the clock of edge-0 lost 30.0 s in 60.0 s");
    // 1000 ppm of 60 s, and the uncertainties.
    expect(runaway(61_000, 70)).toBeUndefined();
    expect(runaway(61_000, 71)).toBe("the clock of edge-0 gained 0.1 s in 59.9 s");
    expect(runawayClock(new Map([["edge-0", { before: clock.before }]]))).toBeUndefined();
  });

  test("drifts by 2 ms in a second: 2000 ppm", () => {
    expect(driftPpm(clock)).toBe(2000);
  });
});
