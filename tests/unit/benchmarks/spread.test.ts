import type { BenchmarkBase } from "../../../components/experiment/workload.ts";
import type { Observation } from "../../../benchmarks/metrics/observation.ts";
import { spreadOf } from "../../../benchmarks/metrics/spread.ts";
import { spreadCells, spreadHeader, spreads, type Spreads } from "../../../benchmarks/report/spread.ts";

const one = (repetition: number, value: number | undefined, warmup = false): Observation => ({
  ...{ repetition, source: "cloud-0", atMs: 0, warmup },
  ...(value === undefined ? { failure: "lost" } : { value }),
});
/** Means 2, 4 and 9. */
const three = [one(1, 1), one(1, 3), one(2, 4), one(3, 8), one(3, 10)];

test("it is of the repetitions' means, however many values each has", () => {
  // Mean 5; deviations -3, -1, 4: 26 / 2 = 13.
  expect(spreadOf(three)).toEqual({ repetitions: 3, mean: 5, sd: Math.sqrt(13) });
});

test("warm-up, failures and repetitions without a value don't count; one repetition has no spread", () => {
  const more = [one(1, 1000, true), one(2, undefined), one(4, undefined), one(5, 7, true)];
  expect(spreadOf([...more, ...three])).toEqual(spreadOf(three));
  expect(spreadOf([one(1, 1), one(1, 3), one(2, undefined)])).toBeUndefined();
  expect(spreadOf([])).toBeUndefined();
});

const metric = { meaning: "x", colour: "#000000", unit: "ms" };
const workload = {
  metrics: { total: { ...metric, title: "End to end" }, sleep: { ...metric, title: "Sleep" } },
  observe: (samples: readonly unknown[], name: string) => (name === "total" ? (samples as Observation[]) : []),
};
const other = { run: "20261130T100000", metrics: { total: { repetitions: 2, mean: 6, sd: 0.25 } } };

test("a metric without several repetitions is left out; without any there is nothing", () => {
  const metrics = { total: { repetitions: 3, mean: 5, sd: Math.sqrt(13) } };
  expect(spreads(workload, three, undefined)).toEqual({ metrics });
  expect(spreads(workload, three, other)).toEqual({ metrics, other });
  expect(spreads(workload, [one(1, 1)], other)).toBeUndefined();
});

const common = { workload: "empty", worker: "cloud", repetitions: 3, thresholds: [] } satisfies BenchmarkBase;
const table = (spread: Spreads, startFrom?: "snapshot"): string[][] => {
  const told = { spread, benchmark: { ...common, startFrom } };
  return [spreadHeader(told), ...spreadCells(told, workload.metrics)];
};

test("the table says what repetitions started from, here and in the run beside it", () => {
  const total = { repetitions: 3, mean: 5, sd: 0.5 };
  const [here, there] = ["sd carrying on", "sd from one saved state"];
  expect(table({ metrics: { total } })).toEqual([
    ["mean", here],
    ["End to end", "5.00 ms", "0.50 ms"],
  ]);
  expect(table({ metrics: { total, sleep: total }, other })).toEqual([
    ["mean", here, `${there}: ${other.run}`],
    ["End to end", "5.00 ms", "0.50 ms", "0.25 ms"],
    ["Sleep", "5.00 ms", "0.50 ms", "–"],
  ]);
  expect(table({ metrics: {}, other }, "snapshot")).toEqual([["mean", there, `${here}: ${other.run}`]]);
});
