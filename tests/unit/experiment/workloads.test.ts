import { planTestbed } from "../../../components/plan/whole/plan.ts";
import { allWorkloads } from "../../../benchmarks/workloads/all.ts";
import { workloadOf } from "../../../components/experiment/whole/benchmark.ts";
import { formatProblem } from "../../../components/experiment/problem.ts";
import { loadTestbed, specOrThrow } from "../../../components/experiment/whole/load.ts";

const spec = (text: string) => specOrThrow(loadTestbed(text));
const told = (text: string): string[] => {
  const loaded = loadTestbed(text);
  return (loaded.ok ? loaded.warnings : loaded.problems).map((problem) => formatProblem(problem, "lab.yaml"));
};
const cluster = `
tiers: { cloud: { count: 3, cpus: 2, memory: 2 GiB } }
software: [ { kind: kubernetes, controlPlane: cloud, workers: [cloud] } ]`;

test("empty and stress need no endpoint and no broker", () => {
  expect(
    spec("tiers: { edge: { count: 1 } }\nbenchmark: { workload: empty, worker: edge, sleep: 250 ms }").benchmark,
  ).toEqual({
    workload: "empty",
    worker: "edge",
    sleepS: 0.25,
    repetitions: 3,
    thresholds: [],
  });
  expect(
    spec("tiers: { cloud: { count: 1 } }\nbenchmark: { workload: stress, cores: 2, memory: 128 MiB }").benchmark,
  ).toEqual({
    workload: "stress",
    worker: "cloud",
    cores: 2,
    memoryMiB: 128,
    durationS: 60,
    warmupS: 10,
    repetitions: 3,
    thresholds: [],
  });
});

test.each(["empty", "stress"])("%s runs on every machine of its tier, and connects to nobody", (workload) => {
  const text = `tiers: { cloud: { count: 1 }, edge: { count: 2 } }\nbenchmark: { workload: ${workload}, worker: edge }`;
  const plan = planTestbed("lab", spec(text));
  expect(plan.imageSoftware).toEqual(["workload"]);
  expect(plan.machines.map(({ name, roles }) => [name, roles])).toEqual([
    ["cloud-0", []],
    ...["edge-0", "edge-1"].map((name) => [
      name,
      [
        { role: "base", variables: {} },
        { role: "workload", variables: { workload_role: workload } },
      ],
    ]),
  ]);
});

test.each(["empty", "stress"])("%s runs in pods where its tier's machines are a cluster's workers", (workload) => {
  const { benchmark } = spec(`${cluster}\nbenchmark: { workload: ${workload}, applicationsPerWorker: 2 }`);
  expect(benchmark).toMatchObject({
    worker: "kubernetes",
    deployment: { applicationsPerWorker: 2, workerCpu: 0.75, workerMemoryMiB: 640 },
  });
});

test.each([
  ["worker: edge", ["lab.yaml:2: benchmark.worker: the worker runs on edge, a tier without machines"]],
  ["sleep: 3", ["lab.yaml:2: benchmark.sleep: 3 is not a duration"]],
  ["thresholds: [ 'p95 end_to_end < 1 s' ]", ['lab.yaml:2: benchmark.thresholds[0]: "end_to_end" is not a metric']],
  ["rate: 1 Hz", ["lab.yaml:2: benchmark.rate: "]],
])("of empty, %s is refused", (field, beginnings) => {
  const found = told(`tiers: { cloud: { count: 1 } }\nbenchmark: { workload: empty, ${field} }`);
  expect(found).toHaveLength(beginnings.length);
  found.forEach((one, i) => {
    expect(one.slice(0, beginnings[i]!.length)).toBe(beginnings[i]);
  });
});

test("a load that does not fit into its workers is refused, more threads than cores are a warning", () => {
  const machines = "tiers: { cloud: { count: 1, cpus: 2, memory: 512 MiB } }";
  expect(told(`${machines}\nbenchmark: { workload: stress, memory: 385 MiB }`)).toEqual([
    "lab.yaml:2: benchmark.memory: 385 MiB of load don't fit into a worker of 512 MiB, which needs 128 itself; lower it, or give the workers more memory",
  ]);
  expect(told(`${machines}\nbenchmark: { workload: stress, memory: 384 MiB, cores: 3 }`)).toEqual([
    "lab.yaml:2: warning: benchmark.cores: 3 threads share the 2 cores of a worker; lower it, or give the workers more cpus",
  ]);
  expect(told(`${cluster}\nbenchmark: { workload: stress, workerMemory: 200 MiB, memory: 100 MiB }`)).toEqual([
    expect.stringContaining("100 MiB of load don't fit into a worker of 200 MiB"),
  ]);
});

test.each(allWorkloads.map(([name]) => name))("what %s has in pods is in the images of clusters", (workload) => {
  const endpoint = "tiers: { cloud: { count: 3, cpus: 2, memory: 2 GiB }, endpoint: { count: 1 } }";
  const software =
    "software: [ { kind: mqtt, on: cloud }, { kind: kubernetes, controlPlane: cloud, workers: [cloud] } ]";
  const { benchmark } = spec(`${endpoint}\n${software}\nbenchmark: { workload: ${workload}, worker: kubernetes }`);
  const of = workloadOf(benchmark!);
  expect(of.containers[of.partOn(benchmark!, "kubernetes")!.role]).toMatchObject({ inPods: true });
});

test("names of containers are of one workload alone: machines know them by these", () => {
  const names = allWorkloads.flatMap(([, { containers }]) => Object.keys(containers));
  expect(names.length).toBe(new Set(names).size);
  expect(names).toEqual(expect.arrayContaining(["worker", "publisher", "empty", "stress"]));
});

test.each(["empty", "stress", "image-classification"])("%s is repeated as it is written", (workload) => {
  const repeated = (repetitions: string): object => {
    const { benchmark } = spec(`tiers: { cloud: {}, edge: {}, endpoint: {} }
software: [ { kind: mqtt, on: edge } ]
benchmark: { workload: ${workload}, repetitions: ${repetitions} }`);
    return { repetitions: benchmark?.repetitions, startFrom: benchmark?.startFrom };
  };
  expect(repeated("5")).toEqual({ repetitions: 5, startFrom: undefined });
  expect(repeated("{ count: 5, from: snapshot }")).toEqual({ repetitions: 5, startFrom: "snapshot" });
  expect(repeated("{ count: 5, from: carry-on }")).toEqual({ repetitions: 5, startFrom: undefined });
  expect(repeated("{ from: snapshot }")).toEqual({ repetitions: 3, startFrom: "snapshot" });
  expect(repeated("{ count: 5 }")).toEqual({ repetitions: 5, startFrom: undefined });
});

test.each(["0", "{ count: 0 }", "{ count: 1001 }", "{ count: 2, from: scratch }", "{ times: 2 }", "many"])(
  "repetitions: %s are refused with their place",
  (repetitions) => {
    const [said, ...more] = told(
      `tiers: { cloud: {} }\nbenchmark:\n  workload: empty\n  repetitions: ${repetitions}\n`,
    );
    expect(said).toMatch(/^lab\.yaml:4: benchmark\.repetitions/);
    expect(more).toEqual([]);
  },
);
