import { askedBenchmark } from "../../../benchmarks/asked.ts";
import { asExperiment } from "../../../components/standing/experiment.ts";
import { readTestbedArgs } from "../../../components/experiment/whole/load.ts";
import { clusterTestbed } from "../../support/workload/clusterTestbed.ts";
import { imageBenchmark, localTestbed } from "../../support/workload/localTestbed.ts";

const asked = (text: string, testbed = localTestbed) => askedBenchmark(testbed, { load: { text, file: "load.yaml" } });

test("what a testbed was built from is known well enough from its outputs", () => {
  expect(asExperiment(localTestbed)).toEqual({
    tiers: {
      cloud: { count: 1, cpus: 2, memory: "1024 MiB" },
      edge: { count: 1, cpus: 1, memory: "512 MiB" },
      endpoint: { count: 2, cpus: 1, memory: "512 MiB" },
    },
    software: [{ kind: "mqtt", on: "edge" }],
    links: { "cloud-edge": { latency: "0 ms" }, "cloud-endpoint": { latency: "40 ms" } },
  });
  expect(asExperiment(clusterTestbed).software).toEqual([
    { kind: "kubernetes", controlPlane: "cloud", workers: ["cloud"] },
    { kind: "mqtt", on: "cloud" },
  ]);
  expect(readTestbedArgs(asExperiment(localTestbed))).toMatchObject({ ok: true });
});

test("a file's benchmark takes the place of the stack's, with defaults of its own", () => {
  expect(asked("workload: stress\ncores: 2\n")).toMatchObject({
    workload: "stress",
    worker: "cloud",
    cores: 2,
    durationS: 60,
  });
  const other = asked(
    "workload: image-classification\nrate: 2 Hz\nfaults: [ { kind: link-down, link: cloud-endpoint, at: 1 s, duration: 2 s } ]",
  );
  expect(other).toMatchObject({ rateHz: 2, broker: "edge", repetitions: 3, faults: [{ kind: "link-down" }] });
});

test("an experiment is one, too, of which only its benchmark counts; single values go over it", () => {
  const text = "tiers: { cloud: { count: 77 } }\nbenchmark: { workload: empty, sleep: 2 s }\n";
  const load = { text, file: "stacks/lab.yaml" };
  expect(askedBenchmark(localTestbed, { load, repetitions: 9 })).toMatchObject({
    workload: "empty",
    sleepS: 2,
    repetitions: 9,
  });
  expect(askedBenchmark(localTestbed, { rateHz: "auto" })).toEqual({ ...imageBenchmark, rateHz: "auto" });
});

test.each([
  ["workload: stress\ncores: many\n", "load.yaml:2: benchmark.cores: "],
  [
    "workload: stress\nmemory: 4 GiB\n",
    "load.yaml:2: benchmark.memory: 4096 MiB of load don't fit into a worker of 1024 MiB",
  ],
  ["workload: dance\n", "load.yaml:1: benchmark.workload: "],
  ["workload: [\n", "load.yaml:2: this is not YAML"],
  ["", "load.yaml: benchmark.workload: "],
  ["workload: image-classification\nbroker: cloud\n", "load.yaml:2: benchmark.broker: no mqtt runs on cloud"],
])("%j is refused with its place", (text, beginning) => {
  expect(() => asked(text)).toThrow(beginning);
});

test("what the machines or pods were not made ready for is said, with what to do", () => {
  expect(() => asked("workload: empty\nworker: edge\n")).toThrow(
    'testbed local has nothing ready on edge, so load.yaml can\'t be run on it; put it into stacks/local.yaml as "benchmark" and run: strata up local',
  );
  const brokers = { ...localTestbed, software: [...localTestbed.software, { kind: "mqtt", machines: ["cloud-0"] }] };
  expect(() => asked("workload: image-classification\nbroker: cloud\n", brokers)).toThrow(
    "testbed local has machines on cloud that know no broker on cloud",
  );
  expect(() => asked("workload: empty\n", clusterTestbed)).toThrow("testbed local has other pods than these");
  expect(() => asked("workload: empty\n", { ...localTestbed, benchmark: undefined })).toThrow(
    "has nothing ready on cloud",
  );
});

test("a value that the workload does not have is refused by its option", () => {
  const load = { text: "workload: empty", file: "load.yaml" };
  expect(() => askedBenchmark(localTestbed, { load, rateHz: 2, warmupS: 1 })).toThrow(
    "the workload empty has no --rate and no --warmup; leave it out",
  );
});

test("what repetitions start from is the benchmark's own word, or that of --from over it", () => {
  const from = (load: string, startFrom?: "snapshot" | "carry-on") =>
    askedBenchmark(localTestbed, { load: { text: load, file: "load.yaml" }, startFrom }).startFrom;
  const [own, other] = ["workload: empty\nrepetitions: { from: snapshot }\n", "workload: empty\n"];
  expect([from(own), from(own, "carry-on"), from(own, "snapshot")]).toEqual(["snapshot", undefined, "snapshot"]);
  expect([from(other), from(other, "carry-on"), from(other, "snapshot")]).toEqual([undefined, undefined, "snapshot"]);
});
