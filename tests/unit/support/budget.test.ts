import { outOfTime } from "../../support/budget.ts";
import { patience } from "../../support/patience.ts";

const saved = process.env.STRATA_TEST_BEGUN;
afterEach(() => {
  if (saved === undefined) delete process.env.STRATA_TEST_BEGUN;
  else process.env.STRATA_TEST_BEGUN = saved;
});

test("a suite that is asked for by itself always has time", () => {
  delete process.env.STRATA_TEST_BEGUN;
  expect(outOfTime(1000)).toBeUndefined();
});

test("in a run of all checks one that would end too late is left out, with the reason", () => {
  process.env.STRATA_TEST_BEGUN = String(Date.now() - 40 * 60_000);
  expect(outOfTime(29 / patience)).toBeUndefined();
  expect(outOfTime(32 / patience)).toBe(
    "no time is left for it: 40 min of 70 are over, and it takes 32 here; ./strata test e2e --filter runs it alone",
  );
});
