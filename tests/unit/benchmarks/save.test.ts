// What a run gave is kept, whatever can't be computed, drawn or written.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reading } from "../../../benchmarks/workloads/image-classification/run/reading.ts";
import { collect, type Collected } from "../../../benchmarks/collect/collect.ts";
import { csvRows } from "../../../benchmarks/metrics/csv.ts";
import type { Photo } from "../../../benchmarks/workloads/image-classification/metrics/join.ts";
import { machineLauncher, RemotePart } from "../../../benchmarks/parts/remotePart.ts";
import { syntheticMeasurements } from "../../support/workload/syntheticRun.ts";
import { computeReport, readReport, reportPage, parseReport, saveReport } from "../../support/workload/imageReport.ts";

const measurements = syntheticMeasurements(2, 20);

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "strata-save-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const full = (name: string): void => {
  symlinkSync("/dev/full", join(directory, name));
};
const sentence = (name: string): string =>
  `cannot write ${join(directory, name)}: no space left on device; free some, and measure again`;

test("report.json comes last and whole, so that a folder with it is complete", () => {
  saveReport(directory, measurements);
  expect(readdirSync(directory).sort()).toEqual(["report.html", "report.json", "samples.csv"]);
  expect(readReport(directory).outcome).toEqual({ kind: "completed" });
});

test("a disk that is full makes the run failed, names the file and keeps the others", () => {
  full("samples.csv");
  const report = saveReport(directory, measurements);
  expect(report.outcome).toEqual({ kind: "failed", reason: sentence("samples.csv") });
  expect(report.latency.end_to_end!.summary.n).toBe(36);
  expect(readdirSync(directory).sort()).toEqual(["report.html", "report.json", "samples.csv"]);
  expect(readReport(directory).problems).toEqual([sentence("samples.csv")]);
});

test.each(["report.html", "report.json"])("so does what can't be put in its place: %s", (name) => {
  mkdirSync(join(directory, name));
  const report = saveReport(directory, measurements);
  const words = `cannot write ${join(directory, name)}: illegal operation on a directory`;
  expect(report.outcome).toEqual({ kind: "failed", reason: words });
  expect(readdirSync(directory).sort()).toEqual(["report.html", "report.json", "samples.csv"]);
  if (name !== "report.json") expect(readReport(directory).problems).toEqual([words]);
});

const collected = async (role: RemotePart, where: string, most: number) =>
  (await collect(role, where, most, reading.read)) as Collected<{ label?: string }>;

test("samples that can't be kept on this host's disk are judged still, and stay on the machine", async () => {
  const rows = "seq,photo,intendedMs,sentMs,ackedMs,replyMs,label,bytes,preprocMs,warmup\n0,a.jpg,1,2,3,4,cat,5,6,0\n";
  const machine = { name: "endpoint-0", address: "10.0.0.1" };
  const role = (answer: string): RemotePart =>
    new RemotePart({
      transport: {
        run: (_machine, command) => Promise.resolve(command.includes(".csv") ? answer : ""),
        converse: () => Promise.reject(new Error("not used here")),
        serve: () => Promise.reject(new Error("not used here")),
        besideMachines: (command) => [...command],
      },
      machine,
      name: machine.name,
      role: "publisher",
      launcher: machineLauncher("r-1", "publisher"),
      limitMs: 1000,
      resultFields: {},
    });
  full("endpoint-0.publisher.csv");
  const kept = await collected(role(rows), directory, 10);
  expect(kept.samples.map(({ label }) => label)).toEqual(["cat"]);
  expect(kept.problem).toBe(sentence("endpoint-0.publisher.csv"));

  const damaged = await collected(role(`${rows}1,b.jpg\n`), join(directory, "raw"), 10);
  expect(damaged.samples).toHaveLength(1);
  expect(damaged.problem).toBe("endpoint-0: publisher.csv is damaged: row 2 has 2 cells, the header has 10");
});

test("a role may send as much as its planned photos take, and has the time that this takes", async () => {
  const asked: [number | undefined, number][] = [];
  const machine = { name: "cloud-0", address: "10.0.0.1" };
  const role = new RemotePart({
    transport: {
      run: (_machine, command, { mostBytes, limitMs }) => {
        if (command.includes(".csv")) asked.push([mostBytes, limitMs]);
        return Promise.resolve("");
      },
      converse: () => Promise.reject(new Error("not used here")),
      serve: () => Promise.reject(new Error("not used here")),
      besideMachines: (command) => [...command],
    },
    ...{ machine, name: machine.name, role: "worker", launcher: machineLauncher("r-1", "worker") },
    ...{ limitMs: 1000, resultFields: {} },
  });
  await collected(role, directory, 0);
  await collected(role, directory, 1_000_000);
  const slack = 2 ** 20;
  expect(asked).toEqual([
    [slack, 1000 + slack / 100],
    [300_000_000 + slack, 1000 + (300_000_000 + slack) / 100],
  ]);
});

/** The first photo throws where its `key` is asked for. */
function broken(key: keyof Photo): Photo[] {
  const photos = [...measurements.samples];
  const first = { ...photos[5]! };
  Object.defineProperty(first, key, {
    enumerable: true,
    get: () => {
      throw new Error(`${key} is odd`);
    },
  });
  photos[5] = first;
  return photos;
}

test("a figure that can't be computed is named, and takes no other one with it", () => {
  const report = computeReport({ ...measurements, samples: broken("preprocMs") });
  const problems = ["where the time goes", "the table of endpoints"].map(
    (what) => `${what} could not be computed: preprocMs is odd`,
  );
  expect(report.problems).toEqual(problems);
  expect(report.outcome).toEqual({ kind: "failed", reason: problems.join("; ") });
  expect(report.endpoints).toEqual([]);
  expect(report.workers).toHaveLength(1);
  expect(parseReport(JSON.parse(JSON.stringify(report))).problems).toEqual(problems);
});

test("a part of the page that can't be drawn says so in its place", () => {
  const page = reportPage(computeReport(measurements), broken("intendedMs"));
  expect(page.includes("Latency over time could not be drawn: intendedMs is odd")).toBe(true);
  expect(page.includes("<h2>Where the time goes</h2>")).toBe(true);
});

test("rows are read the same wherever the text is cut into pieces", () => {
  const text = 'a,b\n1,"two ""quoted""\nlines, and a comma"\n2,x\n3,cut off';
  const whole = Array.from(csvRows([text]));
  expect(whole).toEqual([
    { a: "1", b: 'two "quoted"\nlines, and a comma' },
    { a: "2", b: "x" },
  ]);
  for (let cut = 0; cut <= text.length; cut += 1) {
    expect(Array.from(csvRows([text.slice(0, cut), text.slice(cut)]))).toEqual(whole);
  }
});

test("nothing of samples.csv is lost where the statistics fail", () => {
  const report = saveReport(directory, { ...measurements, results: undefined as never });
  expect(report.problems).toEqual([expect.stringMatching(/^the labels' accuracy could not be computed: /)]);
  expect(readFileSync(join(directory, "samples.csv"), "utf8").split("\n")).toHaveLength(42);
  expect(readReport(directory).outcome.kind).toBe("failed");
});
