// Reports over more samples than fit on the stack as arguments, or into one pass of the bootstrap a resample.
import { jest } from "@jest/globals";
import { execa } from "execa";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { bootstrapIntervals } from "../../../benchmarks/metrics/bootstrap.ts";
import { seededRandom } from "../../../benchmarks/metrics/random.ts";
import { mean, percentile } from "../../../benchmarks/metrics/statistics.ts";
import { thinned, type Point } from "../../../benchmarks/report/charts/thinned.ts";
import { readReport } from "../../support/workload/imageReport.ts";

// Only against hanging: what is asserted is a ratio of times.
jest.setTimeout(1_800_000);

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "strata-many-"));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

const support = resolve(import.meta.dirname, "../../support/workload");
/** MiB; the photos themselves take 450 of them. */
const heap = "--max-old-space-size=1200";

test("a million photos are reported, in bounded time and memory", async () => {
  const made = await execa(process.execPath, [heap, join(support, "manyPhotos.ts"), "1000000", directory]);
  const { outcome, passMs, reportMs } = JSON.parse(made.stdout) as Record<"passMs" | "reportMs", number> & {
    outcome: unknown;
  };
  expect(outcome).toEqual({ kind: "completed" });
  // Measured: 6. Intervals over all photos in each resample would be 800.
  expect(reportMs / passMs).toBeLessThan(40);

  const { samples, latency } = readReport(directory);
  expect(samples).toEqual({ file: "samples.csv", photos: 1_000_000, answered: 1_000_000, warmup: 100_000 });
  expect(latency.end_to_end!.summary).toMatchObject({ n: 900_000, max: 61_234.5 });
  const { intervals, summary } = latency.end_to_end!;
  expect(intervals.p99.low).toBeLessThan(summary.p99);
  expect(intervals.p99.high).toBeGreaterThan(summary.p99);

  const page = readFileSync(join(directory, "report.html"), "utf8");
  // The axis of latency over time reaches up to the one outlier.
  expect(page.includes(">70,000<")).toBe(true);
  expect(page.length).toBeLessThan(4_000_000);
});

describe("intervals of more values than a resample draws", () => {
  const statistics = { mean, p95: (sorted: readonly number[]) => percentile(sorted, 0.95) };
  const groups = (shift: number): number[][] => {
    const random = seededRandom(3);
    return [0, 1, 2].map((group) => Array.from({ length: 2000 }, () => -100 * Math.log(1 - random()) + group * shift));
  };

  test.each([0, 4])("are those of whole resamples, where repetitions differ by %i ms", (shift) => {
    const whole = bootstrapIntervals(groups(shift), statistics, { resampleSize: Infinity })!;
    const drawn = bootstrapIntervals(groups(shift), statistics, { resampleSize: 600 })!;
    for (const name of ["mean", "p95"] as const) {
      const width = whole[name].high - whole[name].low;
      // A tenth of the root of the values is drawn; without scaling back, the interval would be three times as wide.
      expect(Math.abs(drawn[name].low - whole[name].low)).toBeLessThan(0.25 * width);
      expect(Math.abs(drawn[name].high - whole[name].high)).toBeLessThan(0.25 * width);
    }
  });

  test("hold an outlier's part of the mean", () => {
    const values = [...Array.from({ length: 9999 }, () => 100), 1_000_000];
    const { low, high } = bootstrapIntervals([values], { mean }, { resampleSize: 100 })!.mean;
    // Most resamples lack it; thinned values alone would say 100.
    expect(low).toBeGreaterThan(180);
    expect(high).toBeLessThan(300);
  });
});

test("thinning keeps the lowest and the highest of each stretch, and the order", () => {
  const points = Array.from({ length: 10_000 }, (_, i): Point => [i, i % 100]);
  points[4321] = [4321, 60_000];
  points[7654] = [7654, -5];
  const shown = thinned(points, 200);
  expect(shown.length).toBeLessThanOrEqual(200);
  expect(shown).toContainEqual([4321, 60_000]);
  expect(shown).toContainEqual([7654, -5]);
  expect(shown.map(([x]) => x)).toEqual(shown.map(([x]) => x).sort((a, b) => a - b));
  expect(thinned(points.slice(0, 200), 200)).toEqual(points.slice(0, 200));
});
