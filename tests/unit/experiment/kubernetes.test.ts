import { itemsOf } from "../../../artifacts/software/parts.ts";
import { kubernetesReleases, nearestKubernetesVersion } from "../../../components/kinds/kubernetes/versions.ts";
import { loadTestbed, readTestbedArgs, specOrThrow } from "../../../components/experiment/whole/load.ts";
import { formatProblem } from "../../../components/experiment/problem.ts";
import type { TestbedArgs } from "../../../components/experiment/whole/testbed.ts";

const right = {
  tiers: { cloud: { count: 2, cpus: 2, memory: "2 GiB" }, endpoint: { count: 1 } },
  software: [{ kind: "kubernetes" }, { kind: "mqtt", on: "cloud" }],
  benchmark: { workload: "image-classification" },
};

function check(change: object): string[] {
  const parsed = loadTestbed(JSON.stringify({ ...right, ...change }));
  return (parsed.ok ? parsed.warnings : parsed.problems).map((problem) =>
    formatProblem({ ...problem, line: undefined }),
  );
}

const cluster = (more: object) => ({
  software: [
    { kind: "kubernetes", ...more },
    { kind: "mqtt", on: "cloud" },
  ],
});
const spec = (change: object = {}) => specOrThrow(readTestbedArgs({ ...right, ...change } as TestbedArgs));

test("all but the kind has a default", () => {
  expect(check({})).toEqual([]);
  expect(spec().software[0]).toEqual({
    kind: "kubernetes",
    version: "1.35.4",
    controlPlane: "cloud",
    workers: ["cloud"],
    podCidr: "10.244.0.0/16",
    serviceCidr: "10.96.0.0/12",
    cni: "flannel",
    kubeletConfig: {},
    features: {},
    simulatedNodes: 0,
  });
});

test("workers on the cluster's machines are pods, which leave the node half a core and 768 MiB", () => {
  const deployment = { applicationsPerWorker: 1, workerCpu: 1.5, workerMemoryMiB: 1280 };
  expect(spec().benchmark).toMatchObject({ worker: "kubernetes", broker: "cloud", deployment });
  expect(spec({ benchmark: { ...right.benchmark, worker: "kubernetes" } }).benchmark).toEqual(spec().benchmark);
  const chosen = { applicationsPerWorker: 2, workerCpu: 0.5, workerMemory: "200 MiB" };
  expect(
    spec({ tiers: { ...right.tiers, endpoint: { count: 2 } }, benchmark: { ...right.benchmark, ...chosen } }).benchmark
      ?.deployment,
  ).toEqual({
    applicationsPerWorker: 2,
    workerCpu: 0.5,
    workerMemoryMiB: 200,
  });
});

test("workers elsewhere are no pods", () => {
  const { benchmark } = spec({
    tiers: { ...right.tiers, edge: { count: 1 } },
    benchmark: { ...right.benchmark, worker: "edge" },
  });
  expect(benchmark).toMatchObject({ worker: "edge" });
  expect(benchmark).not.toHaveProperty("deployment");
});

test.each<[string, object, string[]]>([
  [
    "a version that is not offered",
    cluster({ version: "1.35.2" }),
    ['software[0].version: "1.35.2" is not a version that is offered (1.33.13, 1.34.4, 1.35.4); use "1.35.4"'],
  ],
  [
    "several problems at once",
    {
      tiers: { cloud: { count: 1, cpus: 1, memory: "1 GiB" }, endpoint: { count: 1 } },
      ...cluster({ podCidr: "10.96.0.0/16", workers: ["cloud", "cloud", "edge"] }),
    },
    [
      "software[0].workers[1]: cloud is listed twice; remove one",
      "software[0].workers[2]: workers run on edge, a tier without machines; set tiers.edge.count to 1 or more, or leave the tier out of workers",
      'tiers.cloud.memory: 1024 MiB is too little for a Kubernetes control plane: kubeadm wants 1700 MiB besides the guest\'s kernel; write at least "1.75 GiB"',
      "tiers.cloud.cpus: 1 core is too little for a Kubernetes control plane: kubeadm wants 2; write at least 2",
      "software[0].serviceCidr: 10.96.0.0/12 overlaps podCidr 10.96.0.0/16; choose a range that shares no address with it",
    ],
  ],
  [
    "no machine for the control plane",
    { ...cluster({ controlPlane: "edge" }), benchmark: undefined },
    [
      "software[0].controlPlane: the control plane runs on the first machine of edge, a tier without machines; set tiers.edge.count to 1 or more, or choose another tier",
    ],
  ],
  [
    "no machine for a worker",
    { tiers: { cloud: { count: 1, cpus: 2, memory: "2 GiB" }, endpoint: { count: 1 } } },
    [
      "software[0].workers: no machine is left for a worker: the only one of cloud is the control plane; set tiers.cloud.count to 2 or more, or name another tier in workers",
    ],
  ],
  [
    "a worker without memory for pods",
    {
      tiers: { ...right.tiers, edge: { count: 1, memory: "512 MiB" } },
      ...cluster({ workers: ["edge"] }),
      benchmark: undefined,
    },
    ['tiers.edge.memory: 512 MiB leave no room for pods on a Kubernetes node; write at least "1024 MiB"'],
  ],
  [
    "the testbed's own network",
    { provider: { kind: "libvirt", network: "10.100.0.0/16" } },
    [
      "software[0].serviceCidr: 10.96.0.0/12 overlaps the testbed's network 10.100.0.0/16; choose a range that shares no address with it",
    ],
  ],
  [
    "more nodes than ranges of pods",
    {
      tiers: { ...right.tiers, cloud: { count: 5, cpus: 2, memory: "2 GiB" } },
      ...cluster({ podCidr: "10.244.0.0/22" }),
      benchmark: undefined,
    },
    [
      "software[0].podCidr: 5 nodes with a /24 each don't fit into 10.244.0.0/22, which has room for 4; use a shorter prefix",
    ],
  ],
  [
    "simulated nodes have ranges of pods too",
    cluster({ simulatedNodes: 500 }),
    [
      "software[0].podCidr: 502 nodes with a /24 each don't fit into 10.244.0.0/16, which has room for 256; use a shorter prefix",
    ],
  ],
  [
    "a range that is none, and one that no API server takes",
    cluster({ podCidr: "10.244.0.1/16", serviceCidr: "10.0.0.0/8" }),
    [
      'software[0].podCidr: 10.244.0.1/16 has bits set outside its prefix; write "10.244.0.0/16"',
      "software[0].serviceCidr: a /8 range is not one that the API server takes; use a prefix of /12 to /24",
    ],
  ],
  [
    "what is not the kubelet's to be told here, an unknown network, and too many nodes",
    cluster({ kubeletConfig: { featureGates: {}, maxPods: 20 }, cni: "flanel", simulatedNodes: 1001 }),
    [
      'software[0].cni: "flanel" is not allowed here; did you mean "flannel"?',
      'software[0].kubeletConfig.featureGates: is not set here; use "features"',
      "software[0].simulatedNodes: 1001 is too large; the most is 1000",
    ],
  ],
  [
    "two clusters",
    { software: [{ kind: "kubernetes" }, { kind: "kubernetes" }, { kind: "mqtt", on: "cloud" }] },
    ["software[1]: a second cluster can't run on the same machines; keep one kubernetes"],
  ],
  [
    "endpoints that can't be shared out evenly",
    { tiers: { cloud: { count: 3, cpus: 2, memory: "2 GiB" }, endpoint: { count: 3 } } },
    [
      "warning: tiers.endpoint.count: 3 endpoints can't be shared out evenly among 2 workers, so some get more photos than others; make the number of endpoints a multiple of the number of workers",
    ],
  ],
  [
    "pods that fit on no node",
    { benchmark: { ...right.benchmark, workerCpu: 3, workerMemory: "3 GiB" } },
    [
      "benchmark.workerCpu: 1 x 3 cores don't fit on a node of 2: the pods would never start; lower workerCpu or applicationsPerWorker, or give the workers' tier more cpus",
      "benchmark.workerMemory: 1 x 3072 MiB don't fit on a node of 2048 MiB: the pods would never start; lower workerMemory or applicationsPerWorker, or give the workers' tier more memory",
    ],
  ],
  [
    "settings of pods where there are none",
    {
      software: [{ kind: "mqtt", on: "cloud" }],
      benchmark: { ...right.benchmark, worker: "kubernetes", applicationsPerWorker: 2 },
    },
    [
      'benchmark.worker: the workers are to run on Kubernetes, and there is none; add "{ kind: kubernetes }" to software, or name a tier',
      'benchmark.applicationsPerWorker: is a setting of workers on a Kubernetes cluster, and these run on no such; leave it out, or add "{ kind: kubernetes }" to software',
    ],
  ],
])("%s", (_, change, expected) => {
  expect(check(change).sort()).toEqual(expected.sort());
});

test.each([
  ["1.35.0", "1.35.4"],
  ["v1.34", "1.34.4"],
  ["1.36.1", "1.35.4"],
  ["1.27.0", "1.33.13"],
  ["1.35.44", "1.35.4"],
  ["latest", undefined],
])("the offered version nearest to %s is %s", (asked, expected) => {
  expect(nearestKubernetesVersion(asked)).toBe(expected);
});

/** What kubeadm of each version asks for. */
const releases = [
  ["1.33.13", "3.5.24-0", "1.12.0", "3.10"],
  ["1.34.4", "3.6.5-0", "1.12.1", "3.10.1"],
  ["1.35.4", "3.6.6-0", "1.13.1", "3.10.1"],
] as const;

test.each(releases)("the mirror has all that Kubernetes %s needs", (version, etcd, coredns, pause) => {
  const titles = itemsOf({ kind: "kubernetes", version }).map(({ title }) => title);
  const needed = [`kubernetes ${version}`, `etcd ${etcd}`, `coredns ${coredns}`, `pause ${pause}`];
  expect(titles).toEqual(expect.arrayContaining(needed));
});

test("no version is offered beside those", () => {
  expect(Object.keys(kubernetesReleases)).toEqual(releases.map(([version]) => version));
});
