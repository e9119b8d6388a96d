// The report that a workload has by its metrics alone, from the run's samples to the page, and read back.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openReport, reportText, writePage } from "../../../benchmarks/report.ts";
import { overTime } from "../../../benchmarks/report/charts/overTime.ts";
import type { Measurements } from "../../../benchmarks/report/compute.ts";
import type { Observed } from "../../../benchmarks/report/observations/figures.ts";
import { observationReport, type ObservationReport } from "../../../benchmarks/report/observations/report.ts";
import { saveReport } from "../../../benchmarks/report/files/save.ts";
import { workload as empty } from "../../../benchmarks/workloads/empty/workload.ts";
import { syntheticMeasurements } from "../../support/workload/syntheticRun.ts";

const launched = (source: string, value?: number): Observed => ({
  ...{ repetition: 1, source, metric: "launch", atMs: 1e12, warmup: false },
  ...(value === undefined ? { failure: "its process did not come to its end" } : { value }),
});
const samples = [launched("cloud-0", 40), launched("cloud-0", 60), launched("cloud-1", 200), launched("cloud-1")];

function measurements(): Measurements {
  const { repetitions, ...rest } = syntheticMeasurements(1, 10);
  const [one] = repetitions;
  const common = { repetition: 1, startedAt: one!.startedAt, clocks: one!.clocks };
  const threshold = { text: "p95 launch < 100 ms", statistic: "p95", metric: "launch", comparison: "<", limitMs: 100 };
  return {
    ...rest,
    benchmark: { workload: "empty", worker: "cloud", sleepS: 1, repetitions: 1, thresholds: [threshold] } as never,
    repetitions: [{ ...common, sustained: true, reasons: [] }],
    samples,
  };
}

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "strata-observations-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const saved = () => saveReport(directory, measurements(), empty) as ObservationReport;
/** Without the numbers that ECharts draws for its own names. */
const page = (): string => readFileSync(join(directory, "report.html"), "utf8").replaceAll(/zr\d+-\w+(-\d+)?/g, "zr");

test("report.json has the metric that was observed, failures beside values, and what was not observed without figures", () => {
  const { metrics, samples: counted, thresholds, outcome } = saved();
  expect(outcome).toEqual({ kind: "completed" });
  expect(counted).toEqual({ file: "samples.csv", observations: 4, failed: 1, warmup: 0 });
  expect(metrics.launch).toMatchObject({ unit: "ms", values: 3, failed: 1, summary: { n: 3, mean: 100, max: 200 } });
  expect(metrics.run).toMatchObject({ values: 0, failed: 0, failures: {}, sources: [] });
  expect(metrics.run!.summary).toBeUndefined();
  expect(thresholds).toEqual([{ text: "p95 launch < 100 ms", limitMs: 100, measuredMs: 186, met: false }]);
});

test("the terminal shows each metric, each machine, thresholds and the end; the page the same with charts", async () => {
  saved();
  const text = reportText(await openReport(directory));
  const cells = text.split("\n").map((line) => line.trim().split(/ {2,}/));
  // Where nothing was observed only the counts are cells.
  expect(cells).toEqual(expect.arrayContaining([["Run (ms)", "0", "0"]]));
  expect(cells.find(([name]) => name === "Launch (ms)")).toEqual(
    expect.arrayContaining(["Launch (ms)", "3", "1", "100.0", "60.0", "186.0", "200.0"]),
  );
  expect(cells).toEqual(
    expect.arrayContaining([
      ["cloud-0", "Launch (ms)", "2", "0", "50.0", "14.1", "40.0", "60.0"],
      ["cloud-1", "Launch (ms)", "1", "1", "200.0", "0.00", "200.0", "200.0"],
    ]),
  );
  expect(text).toContain("✗ p95 launch < 100 ms: 186.0 ms\n");
  expect(text).toContain("Completed: 3 of 4 observations have a value, every process came to its end.\n");

  const titles = [...page().matchAll(/<h2>([^<]+)/g)].map(([, title]) => title);
  expect(titles).toEqual(
    expect.arrayContaining(["Launch over time", "Distribution of Launch", "Figures", "By machine", "Provenance"]),
  );
  // There is nothing to draw of a metric without values.
  expect(titles.some((title) => title?.includes("Run"))).toBe(false);
  expect(page()).toContain("samples.csv: 4 observations, 1 without a value, 0 of the warm-up");
});

test("it is read back as it was written, and its page made anew is the same", async () => {
  const report = saved();
  const before = page();
  const written = await openReport(directory);
  expect(written.report).toEqual(JSON.parse(JSON.stringify(report)));
  rmSync(join(directory, "report.html"));
  expect(writePage(directory, written)).toBe(join(directory, "report.html"));
  expect(page()).toBe(before);
});

test.each([
  ["", "is damaged: it is no JSON object"],
  ['{"schema": "strata/rep', "is damaged: it is no JSON object"],
  ["null", "is damaged: it is no JSON object"],
  ["{}", 'is "undefined", this Strata reads "strata/report@1"'],
  ['{"schema": "strata/report@1"}', "is damaged: benchmark.workload: it names no workload"],
])("a report.json of %j is named, with what is wrong", async (text, problem) => {
  const file = join(directory, "report.json");
  writeFileSync(file, text);
  await expect(openReport(directory)).rejects.toThrow(`${file} ${problem}`);
});

test.each([
  ["is cut in a row", "repetition,source\n1,a,3\n", "row 1 has 3 cells, the header has 2"],
  [
    "has a word in place of a figure",
    "repetition,source,metric,atMs,warmup,value,failure,uncertainty\n1,a,m,soon,0,1,,\n",
    'atMs is no figure: "soon"',
  ],
])("samples.csv that %s is named, and the page stays as it was", async (_, text, problem) => {
  saved();
  const [before, file] = [page(), join(directory, "samples.csv")];
  writeFileSync(file, text);
  const written = await openReport(directory);
  expect(() => writePage(directory, written)).toThrow(`${file} can't be read: ${problem}`);
  expect(page()).toBe(before);
});

test("faults are shaded by the time since the load began, of which the warm-up is a part", () => {
  const metrics = { launch: { title: "Launch", meaning: "x", colour: "#123456", unit: "ms" } };
  const told = observationReport({ metrics, part: "x", load: () => "x", sustained: "x" });
  const faults = [{ kind: "link-down", link: "cloud-edge", atS: 1, durationS: 1 }] as never;
  const own = samples.map((one, i) => ({ ...one, atMs: 1e12 + 3000 * i }));
  const draw = (benchmark: object): string => {
    const { figures } = told.parts({ metrics: {}, benchmark } as unknown as ObservationReport, own);
    return figures.find(({ title }) => title === "Launch over time")!.draw();
  };
  const expected = (warmupS: number): string =>
    overTime(own, { faults, warmupS, values: "Launch (ms)", label: "Launch over time" });
  const shaded = (svg: string): string => /points="([^"]*)" fill="#c0392b"/.exec(svg)![1]!;
  expect(shaded(draw({ faults, warmupS: 4 }))).toEqual(shaded(expected(4)));
  expect(shaded(draw({ faults }))).toEqual(shaded(expected(0)));
  expect(shaded(expected(4))).not.toEqual(shaded(expected(0)));
});
