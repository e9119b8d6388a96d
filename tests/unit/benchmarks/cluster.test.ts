import { podPlaces } from "../../../benchmarks/cluster/places.ts";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clusterOf, disturbances, readyPods, waitPods } from "../../../benchmarks/cluster/pods.ts";
import { clusterReport } from "../../../benchmarks/cluster/report.ts";
import { clusterState } from "../../../benchmarks/cluster/state.ts";
import { phaseCells, podCells } from "../../../benchmarks/report/clusterTables.ts";
import { buildingPhases } from "../../../benchmarks/report/phases.ts";
import { assign } from "../../../benchmarks/workloads/image-classification/run/assignment.ts";
import { limits } from "../../../benchmarks/parts/limits.ts";
import type { Transport } from "../../../benchmarks/transport/transport.ts";
import { phasesFile, recordPhase } from "../../../local/phases.ts";
import { clusterList, type FakeNode, type FakePod } from "../../support/workload/clusterList.ts";
import { clusterBenchmark, clusterTestbed } from "../../support/workload/clusterTestbed.ts";
import { syntheticMeasurements } from "../../support/workload/syntheticRun.ts";
import { computeReport, printTables, reportPage, parseReport } from "../../support/workload/imageReport.ts";

const benchmark = clusterBenchmark;
const nodes = (...lost: string[]): FakeNode[] =>
  ["cloud-0", "cloud-1", "cloud-2"].map((name) => ({ name, ready: !lost.includes(name) }));
const state = (pods: FakePod[], ...lost: string[]) => clusterState(clusterList(pods, nodes(...lost)));
const cluster = clusterOf(clusterTestbed, benchmark)!;
const two: FakePod[] = [
  { name: "w-b", node: "cloud-2" },
  { name: "w-a", node: "cloud-1" },
];

test("a pod's facts, sorted by node; other pods of the namespace are none of it", () => {
  const { pods } = state([...two, { name: "w-c", ready: false }]);
  expect(pods.map(({ name }) => name)).toEqual(["w-c", "w-a", "w-b"]);
  expect(pods[1]).toEqual({
    name: "w-a",
    node: "cloud-1",
    phase: "Running",
    ready: true,
    ending: false,
    restarts: 0,
    createdAt: "2026-03-04T10:00:00Z",
    scheduledAt: "2026-03-04T10:00:01Z",
    initializedAt: "2026-03-04T10:00:02Z",
    startedAt: "2026-03-04T10:00:05Z",
    readyAt: "2026-03-04T10:00:09Z",
  });
  expect(pods[0]).toMatchObject({ phase: "Pending", ready: false, problem: "Unschedulable: 0/2 nodes are available" });
  const other = { ...two[0]!, name: "other" };
  const list = clusterList([other], []) as { items: { metadata: { labels: object } }[] };
  list.items[0]!.metadata.labels = {};
  expect(clusterState(list).pods).toEqual([]);
});

test("the cluster of a benchmark; only where its workers are pods", () => {
  expect(cluster).toMatchObject({ control: { name: "cloud-0" }, workers: ["cloud-1", "cloud-2"], pods: 2 });
  expect(clusterOf(clusterTestbed, { ...benchmark, worker: "cloud" })).toBeUndefined();
  expect(() => clusterOf({ ...clusterTestbed, kubernetes: undefined }, benchmark)).toThrow(
    "testbed local has no Kubernetes cluster to run the worker; build it again: strata up local",
  );
});

describe("assign", () => {
  const machine = (tier: "cloud" | "endpoint", index: number) => ({
    ...clusterTestbed.machines[0]!,
    name: `${tier}-${index}`,
    tier,
    index,
  });
  const machines = [0, 1, 2].map((i) => machine("cloud", i)).concat([0, 1, 2, 3, 4].map((i) => machine("endpoint", i)));
  const assigned = (pods: FakePod[]): string[] =>
    assign(
      { name: "t", machines },
      benchmark,
      podPlaces({ name: "t", machines }, readyPods(state(pods))),
    ).endpoints.map(({ worker }) => `${worker.name}@${worker.machine.name}`);

  test("endpoints go round the pods, and round the nodes first", () => {
    const four = ["1", "2"].flatMap((node) =>
      ["x", "y"].map((pod) => ({ name: `w${node}${pod}`, node: `cloud-${node}` })),
    );
    expect(assigned(four)).toEqual(["w1x@cloud-1", "w2x@cloud-2", "w1y@cloud-1", "w2y@cloud-2", "w1x@cloud-1"]);
  });

  test("without pods, or with one elsewhere, it says so", () => {
    expect(() => assigned([])).toThrow("testbed t has no worker pod to classify photos");
    expect(() => assigned([{ name: "w", node: "cloud-9" }])).toThrow(
      "testbed t has no machine cloud-9 that pod w is on",
    );
  });
});

describe("waiting for pods", () => {
  const answering = (states: FakePod[][]): Transport => {
    let looks = 0;
    return {
      run: () => Promise.resolve(JSON.stringify(clusterList(states[Math.min(looks++, states.length - 1)]!, nodes()))),
      converse: () => Promise.reject(new Error("not used here")),
      serve: () => Promise.reject(new Error("not used here")),
      besideMachines: (command) => [...command],
    };
  };
  const quick = { ...limits.hardware, readyMs: 60, pollMs: 5 };
  const signal = new AbortController().signal;

  test("ends when all are ready and none of them is being ended", async () => {
    const seen: number[] = [];
    const states = [[two[0]!], [two[0]!, { ...two[1]!, ending: true }], two];
    const result = await waitPods(cluster, {
      transport: answering(states),
      limits: { ...quick, readyMs: 60_000 },
      signal,
      onState: (ready) => seen.push(ready),
    });
    expect(seen).toEqual([1, 1]);
    expect(readyPods(result)).toHaveLength(2);
  });

  /** An API that fails that often before it answers. */
  const failing = (times: number): Transport => {
    const answers = answering([two]);
    let failures = 0;
    return {
      ...answers,
      run: (...request) =>
        failures++ < times ? Promise.reject(new Error("TLS handshake timeout")) : answers.run(...request),
    };
  };

  test("an API that does not answer is asked again until the limit, and then it is the reason", async () => {
    const patient = { transport: failing(3), limits: { ...quick, readyMs: 60_000 }, signal };
    expect(readyPods(await waitPods(cluster, patient))).toHaveLength(2);
    await expect(waitPods(cluster, { transport: failing(1e6), limits: quick, signal })).rejects.toThrow(
      "TLS handshake timeout",
    );
  });

  test("after the limit each pod that is not ready is named with the cluster's reason", async () => {
    const waiting = { reason: "ErrImagePull", message: "not found" };
    const states = [[two[0]!, { name: "w-a", node: "cloud-1", ready: false, waiting }, { name: "w-c", ready: false }]];
    await expect(waitPods(cluster, { transport: answering(states), limits: quick, signal })).rejects.toThrow(
      "1 of 2 worker pods were ready within 0.06 s; not ready: w-c (Unschedulable: 0/2 nodes are available); w-a (ErrImagePull: not found)",
    );
  });
});

test.each<[string, FakePod[], string[], string[]]>([
  ["nothing", two, [], []],
  ["a pod was restarted", [two[0]!, { ...two[1]!, restarts: 1 }], [], ["pod w-a on cloud-1 was restarted"]],
  ["a pod was removed", [two[0]!, { name: "w-new", node: "cloud-1" }], [], ["pod w-a on cloud-1 was removed"]],
  ["a pod is being ended", [two[0]!, { ...two[1]!, ending: true }], [], ["pod w-a on cloud-1 was removed"]],
  [
    "a node was lost, and its pod with it",
    [{ ...two[0]!, ending: true }, two[1]!, { name: "w-new", ready: false }],
    ["cloud-2"],
    ["worker node cloud-2 was lost (NodeStatusUnknown: Kubelet stopped posting node status.)"],
  ],
])("disturbance: %s", (_what, pods, lost, expected) => {
  expect(disturbances(cluster, state(two), state(pods, ...lost))).toEqual(expected);
});

describe("in the report", () => {
  const kubernetes = clusterReport([state(two), state([two[1]!, { name: "w-new", ready: false }], "cloud-2")]);
  const phases = [
    { name: "boot", machine: "cloud-0", startedAt: "2026-03-04T10:00:10.000Z", seconds: 11 },
    { name: "boot", machine: "cloud-1", startedAt: "2026-03-04T10:00:11.000Z", seconds: 12 },
    { name: "join", machine: "cloud-1", startedAt: "2026-03-04T10:02:00.000Z", seconds: 8.5 },
  ];
  const report = computeReport({ ...syntheticMeasurements(1, 20), kubernetes, phases });

  test("each pod that was seen, with the seconds of its start and how it stood", () => {
    expect(podCells(kubernetes!.pods)).toEqual([
      ["w-a", "cloud-1", "1", "2", "5", "9", "0", "ready"],
      ["w-b", "cloud-2", "1", "2", "5", "9", "0", "gone"],
      ["w-new", "–", "–", "–", "–", "–", "0", "Unschedulable: 0/2 nodes are available"],
    ]);
    expect(clusterReport([])).toBeUndefined();
  });

  test("phases, in the order they began, machines side by side", () => {
    expect(phaseCells(phases)).toEqual([
      ["boot", "2", "2026-03-04 10:00:10", "12.0", "2026-03-04 10:00:23"],
      ["join", "1", "2026-03-04 10:02:00", "8.50", "2026-03-04 10:02:08"],
    ]);
  });

  test("text, page and schema have them; a report without them is one as before", () => {
    expect(parseReport(JSON.parse(JSON.stringify(report)))).toEqual(report);
    expect(printTables(report)).toContain("w-new");
    const page = reportPage(report, []);
    expect(page).toContain("Node cloud-2 is not ready: NodeStatusUnknown: Kubelet stopped posting node status.");
    expect(page).toContain("Building the testbed");
    const plain = computeReport(syntheticMeasurements(1, 20));
    expect("kubernetes" in plain || "phases" in plain).toBe(false);
    expect(reportPage(plain, [])).not.toContain("<h2>Pods</h2>");
  });

  test("phases: the last of each on each machine, and none without the file, and none less for a damaged line", async () => {
    const saved = process.env.STRATA_STATE;
    const state = mkdtempSync(join(tmpdir(), "strata-phases-"));
    process.env.STRATA_STATE = state;
    try {
      expect(await buildingPhases("lab")).toEqual([]);
      await recordPhase("lab", {
        phase: "join",
        machine: "cloud-1",
        startMs: Date.UTC(2026, 2, 4, 10, 2),
        seconds: 8.5,
      });
      await recordPhase("lab", { phase: "boot", machine: "cloud-1", startMs: Date.UTC(2026, 2, 3), seconds: 40 });
      for (const { machine, startedAt, seconds } of phases.slice(0, 2)) {
        await recordPhase("lab", { phase: "boot", machine, startMs: Date.parse(startedAt), seconds });
      }
      expect(await buildingPhases("lab")).toEqual(phases);
      appendFileSync(phasesFile("lab"), "{");
      expect(await buildingPhases("lab")).toEqual(phases);
    } finally {
      if (saved === undefined) delete process.env.STRATA_STATE;
      else process.env.STRATA_STATE = saved;
      rmSync(state, { recursive: true });
    }
  });
});
