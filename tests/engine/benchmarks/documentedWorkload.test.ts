// docs/workloads.md to the letter: its files in a copy of the tree, one line in the table, and a run.
import { execa } from "execa";
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { copyTree } from "../../support/copyTree.ts";
import { patient } from "../../support/patience.ts";

const root = resolve(import.meta.dirname, "../../..");
const page = readFileSync(join(root, "docs/workloads.md"), "utf8");
const files = [...page.matchAll(/```ts\n\/\/ (\S+)\n([^]*?)```/g)].map(([, path = "", text = ""]) => ({ path, text }));

let copy: string;
beforeAll(() => {
  copy = copyTree();
  for (const { path, text } of files) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    if (path.endsWith("/table.ts")) appendFileSync(join(copy, path), text);
    else writeFileSync(join(copy, path), text);
  }
});
afterAll(() => {
  rmSync(copy, { recursive: true });
});

test("is one new folder and one line, and has the types that the tree wants", async () => {
  const common = /^benchmarks\/workloads\/ping\//;
  expect(
    files.filter(({ path }) => !common.test(path)).map(({ path, text }) => [path, text.trim().split("\n").length]),
  ).toEqual([["benchmarks/workloads/table.ts", 1]]);
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const checked = await execa(process.execPath, [tsc, "--noEmit", "-p", copy], { reject: false, cwd: copy });
  // Tests of the tree are not asked: they name all workloads that there are.
  expect(checked.stdout.split("\n").filter((line) => /^(benchmarks|components)\//.test(line))).toEqual([]);
});

test("is planned from an experiment, measured, and reported with percentiles", async () => {
  writeFileSync(
    join(copy, "tests/ping.ts"),
    `
import { benchmarkTestbed } from "../benchmarks/run.ts";
import { loadTestbed, specOrThrow } from "../components/experiment/whole/load.ts";
import { planTestbed } from "../components/plan/whole/plan.ts";
import { localTestbed } from "./support/workload/localTestbed.ts";
import { localTransport } from "./support/workload/localTransport.ts";

const experiment = "tiers: { cloud: { count: 1 }, endpoint: { count: 2 } }\\nbenchmark: { workload: ping, count: 20, repetitions: 2 }";
const plan = planTestbed("ping", specOrThrow(loadTestbed(experiment)));
const result = await benchmarkTestbed(
  { ...localTestbed, links: [], benchmark: plan.benchmark },
  localTransport(process.argv[2]),
  { directory: process.argv[2] + "/results", verifyNetwork: false },
  () => undefined,
);
const roles = plan.machines.map(({ name, roles }) => [name, roles.find(({ role }) => role === "workload")?.variables.workload_role]);
process.stdout.write(JSON.stringify({ roles, outcome: result.outcome, reason: result.reason, metrics: result.report.metrics }));
`,
  );
  const directory = join(copy, "state");
  mkdirSync(directory);
  const { stdout } = await execa(process.execPath, [join(copy, "tests/ping.ts"), directory], {
    timeout: patient(300_000),
  });
  const { roles, outcome, reason, metrics } = JSON.parse(stdout) as {
    roles: unknown;
    outcome: string;
    reason?: string;
    metrics: Record<string, { values: number; summary: { p50: number; p99: number } }>;
  };
  expect([outcome, reason]).toEqual(["completed", undefined]);
  expect(roles).toEqual([
    ["cloud-0", "ping-answer"],
    ["endpoint-0", "ping-ask"],
    ["endpoint-1", "ping-ask"],
  ]);
  expect(metrics.round_trip!.values).toBe(80);
  expect(metrics.round_trip!.summary.p50).toBeGreaterThan(0);
  expect(metrics.round_trip!.summary.p99).toBeGreaterThanOrEqual(metrics.round_trip!.summary.p50);
});
