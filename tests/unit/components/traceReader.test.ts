import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { confinedTraceReader, traceReader } from "../../../components/traceReader.ts";
import { formatProblem } from "../../../components/experiment/problem.ts";
import { loadTestbed } from "../../../components/experiment/whole/load.ts";

const directory = mkdtempSync(join(tmpdir(), "traces-"));
const stacks = join(directory, "stacks");
mkdirSync(join(stacks, "traces"), { recursive: true });
writeFileSync(join(stacks, "traces", "good.csv"), "time s,loss %\n0,1\n");
writeFileSync(join(directory, "secret"), "root:x:hash\n");
mkdirSync(join(directory, "stacks-other"));
writeFileSync(join(directory, "stacks-other", "x.csv"), "other");
symlinkSync(join(directory, "secret"), join(stacks, "link.csv"));
symlinkSync(directory, join(stacks, "up"));
symlinkSync(join(stacks, "traces", "good.csv"), join(stacks, "inside.csv"));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

test.each([
  ["traces/good.csv", true],
  ["inside.csv", true],
  ["./traces/../traces/good.csv", true],
  ["link.csv", false],
  ["up/secret", false],
  ["../secret", false],
  ["../stacks-other/x.csv", false],
  [join(directory, "secret"), false],
  ["/etc/passwd", false],
  ["/dev/zero", false],
  [".", false],
])("an experiment's trace %s is read: %s", (file, is) => {
  expect(confinedTraceReader(stacks)(file) !== undefined).toBe(is);
});

test("a program reads what it likes", () => {
  expect(traceReader(stacks)("../secret")).toBe("root:x:hash\n");
});

test("what lies elsewhere is not shown", () => {
  const text =
    "tiers: { cloud: { count: 1 }, endpoint: { count: 1 } }\nlinks: { cloud-endpoint: { trace: { file: ../secret } } }\n";
  const loaded = loadTestbed(text, undefined, confinedTraceReader(stacks));
  expect(loaded.ok ? [] : loaded.problems.map((problem) => formatProblem(problem))).toEqual([
    "links.cloud-endpoint.trace.file: there is no readable file ../secret; put it into the folder of the experiment's file, and write its path relative to that",
  ]);
});
