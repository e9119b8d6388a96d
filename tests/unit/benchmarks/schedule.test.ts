import { planSchedule } from "../../../benchmarks/workloads/image-classification/container/publisher/schedule.ts";

const config = { rateHz: 4, warmupMs: 500, durationMs: 1000, phaseMs: 60 };

describe("planSchedule", () => {
  test("fixes all send times and flags the warm-up", () => {
    expect(planSchedule(config, 10_000)).toEqual([
      { seq: 0, intendedMs: 10_060, warmup: true },
      { seq: 1, intendedMs: 10_310, warmup: true },
      { seq: 2, intendedMs: 10_560, warmup: false },
      { seq: 3, intendedMs: 10_810, warmup: false },
      { seq: 4, intendedMs: 11_060, warmup: false },
      { seq: 5, intendedMs: 11_310, warmup: false },
    ]);
  });

  test("does not drift: a photo's time is a multiple of the interval, not a sum", () => {
    const photos = planSchedule({ rateHz: 3, warmupMs: 0, durationMs: 3_600_000, phaseMs: 0 }, 0);
    expect(photos).toHaveLength(10_800);
    expect(photos.at(-1)!.intendedMs).toBeCloseTo(3_600_000 - 1000 / 3, 6);
  });

  test("counts 0.1 s at 10 Hz as one photo although 0.1 is not exact", () => {
    expect(planSchedule({ rateHz: 10, warmupMs: 100, durationMs: 200, phaseMs: 0 }, 0)).toHaveLength(3);
  });
});
