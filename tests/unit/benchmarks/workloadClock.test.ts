import { calibrateClock, clockStepMs } from "../../../benchmarks/workloads/container/clock.ts";

/** A realtime clock that is `offset` ms ahead of a monotonic one, both advancing by `step` ms at each reading. */
function fakeClocks(offset: number, step: number) {
  let now = 1000;
  const advance = (): number => (now += step);
  return { monotonic: () => advance(), realtime: () => Math.floor(advance() + offset) };
}

describe("calibrateClock", () => {
  test("finds the offset below a millisecond from whole milliseconds, within its stated uncertainty", () => {
    const { monotonic, realtime } = fakeClocks(123_456.789, 0.0137);
    const clock = calibrateClock(20, realtime, monotonic);
    expect(clock.uncertaintyMs).toBeLessThan(0.03);
    expect(Math.abs(clock.offsetMs - 123_456.789)).toBeLessThanOrEqual(clock.uncertaintyMs);
  });

  test("a clock that is set later is told, one that runs on is not", () => {
    const clock = { now: () => 5000.4, offsetMs: 0, uncertaintyMs: 0 };
    expect(clockStepMs(clock, () => 5000)).toBe(0);
    expect(clockStepMs(clock, () => 5500)).toBeCloseTo(500.1, 6);
  });

  test("a process that loses the processor between two readings takes no clock for set", () => {
    for (const lost of [0, 1, 2]) {
      // Milliseconds pass before the reading after `lost` others.
      let [readings, ms] = [0, 5000.4];
      const read = (): number => {
        readings += 1;
        return (ms += readings === lost + 1 ? 40 : 0.001);
      };
      expect(clockStepMs({ now: read }, () => Math.floor(read()))).toBe(0);
    }
    let ms = 5000;
    const set = (): number => (ms += 40);
    expect(clockStepMs({ now: set }, () => Math.floor(set() - 500))).toBeCloseTo(-499.5, 6);
  });
});
