import { bootstrapIntervals } from "../../../benchmarks/metrics/bootstrap.ts";
import { seededRandom } from "../../../benchmarks/metrics/random.ts";
import { mean, percentile, standardDeviation, summarise } from "../../../benchmarks/metrics/statistics.ts";

describe("statistics", () => {
  test("standard deviation is the sample's", () => {
    expect(standardDeviation([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(Math.sqrt(32 / 7), 12);
    expect(standardDeviation([3])).toBe(0);
  });

  test("percentiles are interpolated as R and NumPy do", () => {
    expect(percentile([10, 20, 30, 40], 0.5)).toBe(25);
    expect(percentile([10, 20, 30, 40], 0.95)).toBeCloseTo(38.5, 12);
    expect(percentile([10], 0.99)).toBe(10);
    expect(percentile([], 0.5)).toBeNaN();
  });

  test("a summary of nothing is none; otherwise it holds each figure", () => {
    expect(summarise([])).toBeUndefined();
    expect(summarise([4, 1, 3, 2])).toEqual({
      n: 4,
      mean: 2.5,
      sd: Math.sqrt(5 / 3),
      min: 1,
      p50: 2.5,
      p90: 3.7,
      p95: 3.8499999999999996,
      p99: 3.9699999999999998,
      max: 4,
    });
  });
});

test("seeded random numbers are mulberry32's", () => {
  const random = seededRandom(1);
  expect([random(), random(), random()]).toEqual([0.6270739405881613, 0.002735721180215478, 0.5274470399599522]);
});

describe("bootstrapIntervals", () => {
  const values = Array.from({ length: 200 }, (_, i) => i % 20);
  const statistics = { mean, p95: (sorted: readonly number[]) => percentile(sorted, 0.95) };

  test("the same values and seed give the same intervals, another seed others", () => {
    const first = bootstrapIntervals([values], statistics);
    expect(bootstrapIntervals([values], statistics)).toEqual(first);
    expect(bootstrapIntervals([values], statistics, { seed: 2 })).not.toEqual(first);
  });

  test("the interval of a mean is about two standard errors to each side", () => {
    const { mean: interval } = bootstrapIntervals([values], statistics)!;
    const standardError = standardDeviation(values) / Math.sqrt(values.length);
    // 1.96, as a thousand resamples know it; an interval of 90 % would have 1.64.
    for (const side of [9.5 - interval.low, interval.high - 9.5]) {
      expect(side / standardError).toBeGreaterThan(1.76);
      expect(side / standardError).toBeLessThan(2.16);
    }
  });

  test("repetitions that differ widen it", () => {
    const shifted = values.map((value) => value + 30);
    const alike = bootstrapIntervals([values, values], statistics)!.mean;
    const apart = bootstrapIntervals([values, shifted], statistics)!.mean;
    expect(apart.high - apart.low).toBeGreaterThan(10 * (alike.high - alike.low));
  });

  test("constant values have an interval of no width, no values have none", () => {
    expect(bootstrapIntervals([[5, 5], [5]], statistics)).toEqual({
      mean: { low: 5, high: 5 },
      p95: { low: 5, high: 5 },
    });
    expect(bootstrapIntervals([[], []], statistics)).toBeUndefined();
  });
});
