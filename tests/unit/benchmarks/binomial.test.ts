import { binomialAtMost, withinBinomial } from "../../../benchmarks/metrics/binomial.ts";

test("the distribution function, exactly", () => {
  // 0.5^4 times 1, 4, 6 of 16.
  for (const [count, share] of [
    [0, 1 / 16],
    [1, 5 / 16],
    [2, 11 / 16],
    [4, 1],
  ] as const) {
    expect(binomialAtMost(count, 4, 0.5)).toBeCloseTo(share, 12);
  }
  // (1 - 0.01)^5000: about 1.5e-22.
  expect(binomialAtMost(0, 5000, 0.01) / 1.4996e-22).toBeCloseTo(1, 3);
  expect(binomialAtMost(3, 10, 0)).toBe(1);
  expect([9, 10].map((count) => binomialAtMost(count, 10, 1))).toEqual([0, 1]);
});

test("95 % of the counts are within 95 %", () => {
  // R: qbinom(c(0.025, 0.975), 1000, 0.01) is 4 and 17.
  expect([3, 4, 17, 18].map((count) => withinBinomial(count, 1000, 0.01, 0.95))).toEqual([false, true, true, false]);
});
