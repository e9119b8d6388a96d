// Statistics against what is known of them: definitions, other ways to the same figure, and drawn data whose truth is given.
import fc from "fast-check";
import { binomialAtMost, withinBinomial } from "../../../benchmarks/metrics/binomial.ts";
import { bootstrapIntervals } from "../../../benchmarks/metrics/bootstrap.ts";
import { csvRows, formatCsv } from "../../../benchmarks/metrics/csv.ts";
import { metricFigures } from "../../../benchmarks/metrics/figures.ts";
import { largest, smallest } from "../../../benchmarks/metrics/extent.ts";
import type { Observation } from "../../../benchmarks/metrics/observation.ts";
import { seededRandom } from "../../../benchmarks/metrics/random.ts";
import { number, optional, readRows } from "../../../benchmarks/metrics/rows.ts";
import { ascending, mean, percentile, standardDeviation, summarise } from "../../../benchmarks/metrics/statistics.ts";
import { checkThresholds } from "../../../benchmarks/metrics/thresholds.ts";

// Without a zero that is less than zero: of two equal values, which comes first is all the same.
const value = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((one) => one + 0);
const values = fc.array(value, { minLength: 1, maxLength: 60 });

test("percentiles: each value is one of its own share, they never fall, and follow a change of unit and of origin", () => {
  fc.assert(
    fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (all, share) => {
      const sorted = ascending(all);
      sorted.forEach((one, i) => {
        if (sorted.length > 1) expect(percentile(sorted, i / (sorted.length - 1))).toBeCloseTo(one, 4);
      });
      const shares = Array.from({ length: 21 }, (_, i) => percentile(sorted, i / 20));
      for (let i = 1; i < shares.length; i++) expect(shares[i]! - shares[i - 1]!).toBeGreaterThanOrEqual(-1e-6);
      const moved = sorted.map((one) => 3 * one + 7);
      expect(percentile(moved, share)).toBeCloseTo(3 * percentile(sorted, share) + 7, 4);
    }),
  );
});

test.each([
  // R: quantile(c(1, 3, 4, 8, 10), c(.1, .25, .9, .99)), and of 1:4 at 1/3.
  [[1, 3, 4, 8, 10], 0.1, 1.8],
  [[1, 3, 4, 8, 10], 0.25, 3],
  [[1, 3, 4, 8, 10], 0.9, 9.2],
  [[1, 3, 4, 8, 10], 0.99, 9.92],
  [[1, 2, 3, 4], 1 / 3, 2],
])("the percentile of %j at %d is R's, %d", (sorted, share, expected) => {
  expect(percentile(sorted, share)).toBeCloseTo(expected, 12);
});

test("a spread of ms around a time since 1970 is not lost in its digits", () => {
  const epoch = 1_760_000_000_000;
  expect(standardDeviation([4, 7, 13, 16].map((one) => epoch + one))).toBeCloseTo(Math.sqrt(30), 6);
});

test("a summary does not depend on the order, and its figures lie where they must", () => {
  fc.assert(
    fc.property(values, (all) => {
      const found = summarise(all)!;
      const backwards = summarise([...all].reverse())!;
      expect(backwards).toEqual(found);
      const order = [found.min, found.p50, found.p90, found.p95, found.p99, found.max];
      for (let i = 1; i < order.length; i++) expect(order[i]! - order[i - 1]!).toBeGreaterThanOrEqual(-1e-6);
      expect([found.n, found.min, found.max]).toEqual([all.length, smallest(all), largest(all)]);
      expect(found.mean).toBeGreaterThanOrEqual(found.min - 1e-6);
      expect(found.mean).toBeLessThanOrEqual(found.max + 1e-6);
      // The sum of squares by pairs, another way to the same figure.
      const pairs = all.flatMap((a, i) => all.slice(i + 1).map((b) => (a - b) ** 2));
      const variance =
        pairs.length === 0 ? 0 : pairs.reduce((sum, one) => sum + one, 0) / all.length / (all.length - 1);
      expect(found.sd).toBeCloseTo(Math.sqrt(variance), 2);
    }),
  );
});

describe("bootstrap intervals", () => {
  /** Exponential values of mean 1: skewed, as latencies are. */
  const drawn = (seed: number, count: number): number[] => {
    const random = seededRandom(seed);
    return Array.from({ length: count }, () => -Math.log(1 - random()));
  };

  test("hold the true mean and median about as often as they say", () => {
    const trials = 120;
    const held = { mean: 0, p50: 0 };
    for (let trial = 1; trial <= trials; trial++) {
      const found = bootstrapIntervals(
        [drawn(trial, 60)],
        { mean, p50: (sorted) => percentile(sorted, 0.5) },
        { resamples: 150, seed: trial },
      )!;
      if (found.mean.low <= 1 && 1 <= found.mean.high) held.mean += 1;
      if (found.p50.low <= Math.LN2 && Math.LN2 <= found.p50.high) held.p50 += 1;
    }
    // 95 % of 120, less what skew takes from percentile intervals of 60 values; 80 % or all would be another method.
    for (const count of Object.values(held)) {
      expect(count / trials).toBeGreaterThan(0.87);
      expect(count / trials).toBeLessThan(0.995);
    }
  });

  test("of a lower confidence lie within those of a higher one", () => {
    const at = (confidence: number) => bootstrapIntervals([drawn(3, 100)], { mean }, { confidence })!.mean;
    const [narrow, wide] = [at(0.5), at(0.99)];
    expect(narrow.low).toBeGreaterThan(wide.low);
    expect(narrow.high).toBeLessThan(wide.high);
  });

  test("shrink with the root of the number of values", () => {
    const width = (count: number): number => {
      const { low, high } = bootstrapIntervals([drawn(5, count)], { mean }, { resamples: 200 })!.mean;
      return high - low;
    };
    expect(width(100) / width(1600)).toBeGreaterThan(2.8);
    expect(width(100) / width(1600)).toBeLessThan(5.7);
  });
});

describe("the binomial distribution", () => {
  /** Exactly, in whole numbers: the share is a number of hundredths. */
  const exactly = (count: number, trials: number, hundredths: number): number => {
    const [yes, no] = [BigInt(hundredths), BigInt(100 - hundredths)];
    let [ways, sum] = [1n, 0n];
    for (let k = 0; k <= Math.min(count, trials); k++) {
      sum += ways * yes ** BigInt(k) * no ** BigInt(trials - k);
      ways = (ways * BigInt(trials - k)) / BigInt(k + 1);
    }
    return Number((sum * 10n ** 15n) / 100n ** BigInt(trials)) / 1e15;
  };

  test("is that of whole numbers, and each side of it the other's rest", () => {
    const args = fc.tuple(
      fc.integer({ min: 0, max: 45 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 99 }),
    );
    fc.assert(
      fc.property(args, ([count, trials, hundredths]) => {
        expect(binomialAtMost(count, trials, hundredths / 100)).toBeCloseTo(exactly(count, trials, hundredths), 9);
        const rest = binomialAtMost(trials - count - 1, trials, 1 - hundredths / 100);
        expect(binomialAtMost(count, trials, hundredths / 100) + rest).toBeCloseTo(1, 9);
      }),
    );
  });

  test("of ten thousand packets is there to its end; none lost where none is to be is within it", () => {
    expect(binomialAtMost(10_000, 10_000, 0.5)).toBeCloseTo(1, 9);
    expect(binomialAtMost(5000, 10_000, 0.5)).toBeCloseTo(0.504, 3);
    expect([withinBinomial(0, 1000, 0, 0.95), withinBinomial(1, 1000, 0, 0.95)]).toEqual([true, false]);
    expect([withinBinomial(1000, 1000, 1, 0.95), withinBinomial(999, 1000, 1, 0.95)]).toEqual([true, false]);
  });
});

const observed = (repetition: number, one?: number, more: Partial<Observation> = {}): Observation => ({
  ...{ repetition, source: "cloud-0", atMs: 0, warmup: false, value: one },
  ...more,
});

test("a metric's figures are of what was measured: no warm-up, no failure; uncertainty is the largest", () => {
  const all = [
    observed(1, 900, { warmup: true, uncertainty: 9 }),
    observed(1, 1),
    observed(1),
    observed(2, 3, { uncertainty: 0.5 }),
  ];
  expect(metricFigures(all)).toMatchObject({ summary: { n: 2, mean: 2 }, uncertainty: 0.5 });
  expect(metricFigures(all)!.intervals.mean).toEqual({ low: 1, high: 3 });
  expect(metricFigures([observed(1), observed(1, 1, { warmup: true })])).toBeUndefined();
});

test.each([
  ["<", 10, true],
  ["<", 20, false],
  ["<=", 20, true],
  ["<=", 19.999, false],
] as const)("a threshold of the largest value of 20: %s %d is met: %s", (comparison, limitMs, met) => {
  const observations = [observed(1, 20), observed(1, 5), observed(1, 99, { warmup: true }), observed(1)];
  const lower = comparison === "<" && met ? observations.slice(1) : observations;
  const [result] = checkThresholds(() => lower, [{ text: "t", statistic: "max", metric: "m", comparison, limitMs }]);
  expect(result).toEqual({ text: "t", limitMs, measuredMs: lower === observations ? 20 : 5, met });
});

describe("rows of a file", () => {
  const cells = fc.array(
    fc.tuple(fc.string({ unit: "grapheme" }), fc.string({ unit: fc.constantFrom("a", ",", '"', "\n") })),
    {
      maxLength: 6,
    },
  );

  test("are the same in whatever pieces the text comes, and cut off they are the first ones", () => {
    fc.assert(
      fc.property(cells, fc.array(fc.nat(200), { maxLength: 5 }), fc.nat(400), (rows, cuts, end) => {
        const text = formatCsv(["a", "b"], rows);
        const whole = Array.from(csvRows([text]));
        expect(whole).toEqual(rows.map(([a, b]) => ({ a, b })));
        const places = [0, ...cuts.map((cut) => Math.min(cut, text.length)).sort((a, b) => a - b), text.length];
        const pieces = places.slice(1).map((to, i) => text.slice(places[i], to));
        expect(Array.from(csvRows(pieces))).toEqual(whole);
        const cut = Array.from(csvRows([text.slice(0, end)]));
        expect(cut).toEqual(whole.slice(0, cut.length));
      }),
    );
  });

  test.each([
    ["1.5", 1.5],
    ["-3e2", -300],
    [" 7 ", 7],
    ["1e15", 1e15],
  ])("the cell %j is %d", (cell, expected) => {
    expect(number({ x: cell }, "x")).toBe(expected);
  });

  test.each(["", " ", "1e16", "-Infinity", "NaN", "1,5", "0x", "ten"])(
    "the cell %j is no figure, and named",
    (cell) => {
      expect(() => number({ x: cell }, "x")).toThrow(`x is no figure: ${JSON.stringify(cell)}`);
      expect(() => number({}, "x")).toThrow("x is no figure");
    },
  );

  test("an empty cell may be none; a damaged row ends what is read, and is named by its number", () => {
    expect([optional({ x: "" }, "x"), optional({}, "x"), optional({ x: "0" }, "x")]).toEqual([undefined, undefined, 0]);
    expect(readRows("x\n1\n2\nthree\n4\n", (row) => number(row, "x"))).toEqual({
      samples: [1, 2],
      problem: 'row 3: x is no figure: "three"',
    });
  });
});
