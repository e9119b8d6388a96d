import { readFileSync } from "node:fs";
import { loadTestbed, readTestbedArgs, specOrThrow } from "../../../components/experiment/whole/load.ts";
import { formatProblem, SpecError } from "../../../components/experiment/problem.ts";
import type { TestbedArgs } from "../../../components/experiment/whole/testbed.ts";

const normalise = (args: TestbedArgs) => specOrThrow(readTestbedArgs(args));

/** The problems of a file, a line each, as a user sees them. */
function problems(text: string, override?: unknown): string[] {
  const loaded = loadTestbed(text, override);
  return loaded.ok ? ["no errors"] : loaded.problems.map((problem) => formatProblem(problem, "lab.yaml"));
}

test("the quickstart is read with its defaults filled in", () => {
  const parsed = loadTestbed(readFileSync("stacks/quickstart.yaml", "utf8"));
  if (!parsed.ok) throw new SpecError(parsed.problems);
  expect(parsed.warnings).toEqual([]);
  expect(parsed.spec.provider).toEqual({ kind: "libvirt", host: "auto" });
  expect(parsed.spec.tiers).toEqual({
    cloud: { count: 1, cpus: 2, memoryMiB: 1024, diskGiB: 8 },
    edge: { count: 1, cpus: 1, memoryMiB: 512, diskGiB: 8 },
    endpoint: { count: 1, cpus: 1, memoryMiB: 512, diskGiB: 8 },
  });
  expect(parsed.spec.links["cloud-endpoint"]).toEqual({ latencyMs: 45, jitterMs: 5, rateMbit: 7.21, lossPercent: 0 });
  expect(parsed.spec.software).toEqual([{ kind: "mqtt", on: "edge" }]);
  expect(parsed.spec.benchmark).toEqual({
    workload: "image-classification",
    worker: "cloud",
    broker: "edge",
    rateHz: "auto",
    durationS: 40,
    warmupS: 8,
    repetitions: 1,
    tcpSlowStartAfterIdle: true,
    thresholds: [],
  });
  expect(normalise(parsed.args)).toEqual(parsed.spec);
});

test("a rate is named or auto, which no rule about rates holds for", () => {
  const file = (rate: string): string => `
tiers: { cloud: { count: 1 }, edge: { count: 1 }, endpoint: { count: 1 } }
links: { preset: 4g }
software: [ { kind: mqtt, on: edge } ]
benchmark: { workload: image-classification, rate: ${rate}, duration: 0.1 s }`;
  const parsed = loadTestbed(file("auto"));
  expect(parsed).toMatchObject({ ok: true, warnings: [], spec: { benchmark: { rateHz: "auto" } } });
  const [first] = problems(file("autoo"));
  expect(first).toMatch(/^lab\.yaml:5: benchmark\.rate: "autoo" is not a frequency; write .*"auto"/);
  expect(problems(file("0 Hz"))[0]).toMatch(/too small for a frequency/);
});

test("the typed form is the same as the file", () => {
  const args: TestbedArgs = {
    tiers: { cloud: { count: 2, memory: "4 GiB", quota: 0.5, readSpeed: "50 MB/s" } },
    links: { preset: "4g", "endpoint-cloud": { rate: "unlimited" } },
    benchmark: undefined,
  };
  const file = `
tiers: { cloud: { count: 2, memory: 4 GiB, quota: 0.5, readSpeed: 50 MB/s } }
links: { preset: 4g, endpoint-cloud: { rate: unlimited } }`;
  const parsed = loadTestbed(file);
  expect(parsed).toEqual({ ok: true, spec: normalise(args), args: expect.anything(), warnings: [] });
  expect(normalise(args).tiers.cloud).toEqual({
    count: 2,
    cpus: 1,
    memoryMiB: 4096,
    quota: 0.5,
    diskGiB: 8,
    readMBps: 50,
  });
});

test("thresholds are read into their parts", () => {
  const spec = normalise({
    tiers: { cloud: {}, endpoint: {} },
    software: [{ kind: "mqtt", on: "cloud" }],
    benchmark: { workload: "image-classification", thresholds: ["p95 end_to_end < 300 ms", "mean queue<=1 s"] },
  });
  expect(spec.benchmark?.thresholds).toEqual([
    { text: "p95 end_to_end < 300 ms", statistic: "p95", metric: "end_to_end", comparison: "<", limitMs: 300 },
    { text: "mean queue<=1 s", statistic: "mean", metric: "queue", comparison: "<=", limitMs: 1000 },
  ]);
  expect(spec.benchmark).toMatchObject({ broker: "cloud" });
});

test("all problems at once, each with line, path, reason and fix", () => {
  const text = `provider: { kind: libvrt }
tiers:
  cloud: { count: 0, memry: 1 GiB, memory: 1GB }
  endpoint:
  edge: { count: 2.5, quota: 3, cpus: two }
  edge: {}
links:
  preset: 6g
  edge-endpoint: { rate: 29.66, latency: "-3 ms" }
software: [ { kind: mqt }, {}, { kind: mqtt, on: cloud } ]
benchmark:
  workload: image-classification
  thresholds: [ p95 end_to_ned < 3 ms, p95, 7 ]
  rate: 5
colour: red
`;
  expect(problems(text)).toEqual([
    'lab.yaml:1: provider.kind: "libvrt" is not a known kind; did you mean "libvirt"?',
    'lab.yaml:3: tiers.cloud.memory: "1GB" is not a memory size; write "1 GiB" (sizes are powers of two here; units: MiB, GiB, TiB)',
    'lab.yaml:3: tiers.cloud.memry: is not a known key; did you mean "memory"?',
    "lab.yaml:4: tiers.endpoint: has no value; give it one, or remove the line",
    "lab.yaml:6: a key is written twice in one group; keep one of them",
    'lab.yaml:8: links.preset: "6g" is not allowed here; did you mean "4g"?',
    'lab.yaml:9: links.edge-endpoint.latency: "-3 ms" is too small for a latency; the least is 0 ms',
    'lab.yaml:9: links.edge-endpoint.rate: 29.66 is not a rate; write "29.66 Mbit"',
    'lab.yaml:10: software[0].kind: "mqt" is not a known kind; did you mean "mqtt"?',
    'lab.yaml:10: software[1].kind: is missing; add for example "kind: mqtt"',
    'lab.yaml:13: benchmark.thresholds[0]: "end_to_ned" is not a metric; did you mean "end_to_end"?',
    'lab.yaml:13: benchmark.thresholds[1]: "p95" is not a threshold; write for example "p95 end_to_end < 300 ms"',
    "lab.yaml:13: benchmark.thresholds[2]: 7 is not a text; write for example p95 end_to_end < 300 ms",
    'lab.yaml:14: benchmark.rate: 5 is not a frequency; write "5 Hz"',
    "lab.yaml:15: colour: is not a known key; known keys here: provider, tiers, machines, links, software, benchmark, lease, prepared",
  ]);
});

test.each([
  ["", ['lab.yaml: the file is empty; start with "tiers: { cloud: { count: 1 } }"']],
  [
    "tiers: [",
    [
      "lab.yaml:1: this is not YAML: Flow sequence in block collection must be sufficiently indented and end with a ]; correct the syntax",
    ],
  ],
  [
    "tiers: *nobody",
    [
      "lab.yaml:1: this is not YAML: Unresolved alias (the anchor must be set before the alias): nobody; correct the syntax",
    ],
  ],
  [
    "- cloud",
    [
      'lab.yaml:1: ["cloud"] is not a group of settings; known keys here: provider, tiers, machines, links, software, benchmark, lease, prepared',
    ],
  ],
  ["{}", ['lab.yaml:1: tiers: is missing; add for example "tiers: { cloud: { count: 1 } }"']],
  [
    "tiers: { cloud: { count: 2.5 } }",
    ["lab.yaml:1: tiers.cloud.count: 2.5 is not a whole number; write for example 1"],
  ],
  ["tiers: { cloud: { cpus: two } }", ['lab.yaml:1: tiers.cloud.cpus: "two" is not a number; write for example 1']],
  ["tiers: { cloud: { quota: 3 } }", ["lab.yaml:1: tiers.cloud.quota: 3 is too large; the most is 1"]],
  ["tiers: { cloud: { count: -1 } }", ["lab.yaml:1: tiers.cloud.count: -1 is too small; the least is 0"]],
  [
    "tiers: { cloud: {} }\nprovider: { kind: libvirt, network: 8.8.0.0/16 }",
    [
      'lab.yaml:2: provider.network: 8.8.0.0/16 is not a private range (RFC 1918); use one inside "10.0.0.0/8", "172.16.0.0/12" or "192.168.0.0/16"',
    ],
  ],
])("%p is refused", (text, expected) => {
  expect(problems(text)).toEqual(expected);
});

test("the stack's configuration is laid over the file, and is named where it is wrong", () => {
  const file = "tiers: { cloud: { count: 1, cpus: 2 } }\nlinks:\n  preset: 4g\n  edge-cloud: { latency: 3 ms }\n";
  const parsed = loadTestbed(file, { tiers: { cloud: { count: 3 } }, links: { "cloud-edge": { jitter: "1 ms" } } });
  if (!parsed.ok) throw new SpecError(parsed.problems);
  expect(parsed.spec.tiers.cloud).toEqual({ count: 3, cpus: 2, memoryMiB: 1024, diskGiB: 8 });
  expect(parsed.spec.links["cloud-edge"]).toEqual({ latencyMs: 3, jitterMs: 1, rateMbit: 1000, lossPercent: 0 });
  expect(problems(file, { tiers: { cloud: { count: "3" } } })).toEqual([
    'config strata:testbed: tiers.cloud.count: "3" is not a number; write for example 1',
  ]);
});

test("keys that mean something to JavaScript are unknown keys like others", () => {
  expect(problems("tiers: { cloud: {}, __proto__: { count: 3 }, constructor: {} }", { toString: 1 })).toEqual([
    "config strata:testbed: toString: is not a known key; known keys here: provider, tiers, machines, links, software, benchmark, lease, prepared",
    "lab.yaml:1: tiers.__proto__: is not a known key; known keys here: cloud, edge, endpoint",
    "lab.yaml:1: tiers.constructor: is not a known key; known keys here: cloud, edge, endpoint",
  ]);
});

test("the typed form knows tiers and units before anything runs", () => {
  const wrong: TestbedArgs[] = [
    // @ts-expect-error a latency needs its unit
    { tiers: { cloud: {} }, links: { "cloud-edge": { latency: "45" } } },
    // @ts-expect-error a memory size has units of its own
    { tiers: { cloud: { memory: "1 Mbit" } } },
    // @ts-expect-error there is no such tier
    { tiers: { clod: {} } },
  ];
  for (const args of wrong) expect(() => normalise(args)).toThrow(SpecError);
});

test("YAML's merge key takes over what an anchor has", () => {
  const text = `tiers:
  cloud: &small { cpus: 2, memory: 512 MiB }
  edge: { <<: *small, count: 3 }
`;
  expect(loadTestbed(text)).toMatchObject({
    ok: true,
    spec: { tiers: { edge: { count: 3, cpus: 2, memoryMiB: 512 } } },
  });
});
