import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatSamples } from "../../../benchmarks/workloads/image-classification/report/samplesFile.ts";
import { patient } from "../../support/patience.ts";
import { syntheticMeasurements } from "../../support/workload/syntheticRun.ts";
import { computeReport, printTables } from "../../support/workload/imageReport.ts";

const main = join(import.meta.dirname, "../../../cli/main.ts");
const state = mkdtempSync(join(tmpdir(), "strata-report-"));
const measurements = syntheticMeasurements(1, 20);
const report = computeReport(measurements);

beforeAll(() => {
  for (const run of ["20260304T101112", "20260305T101112"]) {
    const directory = join(state, "results/lab", run);
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, "report.json"), JSON.stringify(report));
    writeFileSync(join(directory, "samples.csv"), formatSamples(measurements.samples));
  }
});
afterAll(() => {
  rmSync(state, { recursive: true });
});

function strata(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const env = { ...process.env, NODE_OPTIONS: "", NO_COLOR: "1", STRATA_STATE: state };
  const options = { encoding: "utf8", env, timeout: patient(60_000) } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, "report", ...args], options);
  return { status, stdout, stderr };
}

test("the last run's tables are shown, and its page is made anew", () => {
  const page = join(state, "results/lab/20260305T101112/report.html");
  const { status, stdout } = strata("lab");
  expect(status).toBe(0);
  expect(stdout).toContain(printTables(report));
  expect(stdout).toContain("20260305T101112/report.html");
  expect([existsSync(page), existsSync(page.replace("0305", "0304"))]).toEqual([true, false]);
});

test("its figures for programs; runs by name; what is not there is said with what is", () => {
  expect(JSON.parse(strata("lab", "20260304T101112", "--json").stdout)).toEqual(JSON.parse(JSON.stringify(report)));
  expect(strata("lab", "--list").stdout).toBe("20260304T101112\n20260305T101112\n");
  const { status, stderr } = strata("lab", "yesterday");
  expect(status).toBe(1);
  expect(stderr).toContain("stack lab has no run yesterday; it has 20260304T101112, 20260305T101112");
  expect(strata("other").stderr).toContain("stack other has no results yet; run ./strata bench other");
});
