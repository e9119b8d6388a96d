import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { syntheticMeasurements } from "../../support/workload/syntheticRun.ts";
import { saveReport } from "../../support/workload/imageReport.ts";

let state: string;
let results: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "strata-report-"));
  results = join(state, "results/lab");
});
afterEach(() => {
  rmSync(state, { recursive: true });
});

function complete(run: string): void {
  mkdirSync(join(results, run), { recursive: true });
  saveReport(join(results, run), syntheticMeasurements(1, 10));
}

/** What a benchmark leaves that is killed in its first repetition. */
function killed(run: string): void {
  mkdirSync(join(results, run, "raw"), { recursive: true });
  writeFileSync(join(results, run, "raw/publisher-1.csv"), "id,photo\n");
}

const report = (...args: string[]) =>
  promisify(execFile)(process.execPath, [join(import.meta.dirname, "../../../cli/main.ts"), "report", "lab", ...args], {
    env: { ...process.env, NODE_OPTIONS: "", STRATA_STATE: state },
  }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: unknown) => error as { code: number; stdout: string; stderr: string },
  );

test("a benchmark that was killed is named, and the last complete run shown", async () => {
  complete("20261130T100000");
  killed("20261130T110000");
  const { code, stdout, stderr } = await report();
  expect(stderr).toBe(
    "strata: 20261130T110000: no report, as the benchmark was killed or still runs; " +
      `what it has measured is in ${join(results, "20261130T110000")}\n`,
  );
  expect(code).toBe(0);
  expect(stdout).toMatch(/Report: .*20261130T100000\/report\.html\n$/);
  expect((await report("--list")).stdout).toBe("20261130T100000\n");
});

test("asked for by name, it is no run", async () => {
  complete("20261130T100000");
  killed("20261130T110000");
  const { code, stderr } = await report("20261130T110000");
  expect(code).toBe(1);
  expect(stderr).toMatch(/^strata: 20261130T110000: no report, as the benchmark was killed or still runs; [^\n]*\n$/);
});

test("where there is no other, there are no results yet", async () => {
  killed("20261130T110000");
  const { code, stderr } = await report();
  expect(code).toBe(1);
  expect(stderr).toMatch(/\nstrata: stack lab has no results yet; run \.\/strata bench lab\n$/);
});
