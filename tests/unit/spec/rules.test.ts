import { loadTestbed } from "../../../components/spec/load.ts";
import { formatProblem } from "../../../components/spec/problem.ts";
import type { TestbedArgs } from "../../../components/spec/testbed.ts";

/** Errors and warnings of a testbed that is right but for what the test gives. */
function check(change: Partial<Record<keyof TestbedArgs, unknown>>): string[] {
  const right: TestbedArgs = {
    tiers: { cloud: { count: 1 }, edge: { count: 1 }, endpoint: { count: 1 } },
    links: { preset: "4g" },
    software: [{ kind: "mqtt", on: "edge" }],
    benchmark: { workload: "image-classification" },
  };
  const parsed = loadTestbed(JSON.stringify({ ...right, ...change }));
  return (parsed.ok ? parsed.warnings : parsed.problems).map((problem) =>
    formatProblem({ ...problem, line: undefined }),
  );
}

const benchmark = (more: object) => ({ workload: "image-classification", ...more });

test("a testbed that is right has nothing to say", () => {
  expect(check({})).toEqual([]);
});

test.each<[string, Partial<Record<keyof TestbedArgs, unknown>>, string[]]>([
  [
    "0 machines",
    { tiers: { cloud: { count: 0 } }, software: [], benchmark: undefined },
    ['tiers: the testbed has 0 machines; add a tier, for example "cloud: { count: 1 }"'],
  ],
  [
    "too little memory",
    { tiers: { cloud: { memory: "128 MiB" }, edge: {}, endpoint: {} } },
    ['tiers.cloud.memory: 128 MiB is too little for a machine to start; write at least "256 MiB"'],
  ],
  [
    "more machines than addresses",
    {
      tiers: { cloud: {}, edge: {}, endpoint: { count: 1024 } },
      provider: { kind: "libvirt", network: "10.0.0.0/20" },
    },
    [
      "tiers.endpoint.count: 1024 machines don't fit into a quarter of 10.0.0.0/20; use at most 1023 machines a tier, or a shorter prefix",
    ],
  ],
  [
    "no endpoint",
    { tiers: { cloud: {}, edge: {} } },
    [
      'tiers.endpoint: the benchmark image-classification needs an endpoint to send photos; add "endpoint: { count: 1 }", or remove the benchmark',
    ],
  ],
  [
    "no worker",
    { tiers: { edge: {}, endpoint: {} } },
    [
      "benchmark.worker: the worker runs on cloud, a tier without machines; set tiers.cloud.count to 1 or more, or choose another tier for the worker",
    ],
  ],
  [
    "no broker",
    { software: [] },
    [
      'benchmark: the benchmark image-classification sends its photos through an MQTT broker, and there is none; add "software: [ { kind: mqtt, on: edge } ]" (or on: cloud)',
    ],
  ],
  [
    "broker elsewhere",
    { benchmark: benchmark({ broker: "cloud" }) },
    ['benchmark.broker: no mqtt runs on cloud; write "edge", or add { kind: mqtt, on: cloud } to software'],
  ],
  [
    "broker on a tier without machines",
    { tiers: { cloud: {}, endpoint: {} } },
    [
      "software[0].on: mqtt runs on edge, a tier without machines; set tiers.edge.count to 1 or more, or choose another tier",
    ],
  ],
  [
    "broker twice",
    {
      software: [
        { kind: "mqtt", on: "edge" },
        { kind: "mqtt", on: "edge" },
      ],
    },
    ["software[1]: mqtt on edge is listed twice; remove one"],
  ],
  [
    "no photo in the time",
    { benchmark: benchmark({ rate: "0.1 Hz", duration: "5 s" }) },
    ["benchmark.rate: at 0.1 Hz no photo is sent in a duration of 5 s; raise the rate or the duration"],
  ],
  [
    "more photos than the link carries",
    { benchmark: benchmark({ rate: "20 Hz" }) },
    [
      "warning: benchmark.rate: photos of 68 kB at 20 Hz are 10.9 Mbit/s, more than the 7.21 Mbit of links.edge-endpoint: the run will not keep up; lower the rate or widen the link",
    ],
  ],
  [
    "jitter above the latency",
    { links: { "cloud-edge": { latency: "1 ms", jitter: "2 ms" } } },
    [
      "warning: links.cloud-edge.jitter: a jitter of 2 ms on a latency of 1 ms asks for negative delays, which become 0 and raise the mean; make the jitter at most a third of the latency",
    ],
  ],
  [
    "rules of sections that are right, though another is wrong",
    { links: { preset: "9g" }, tiers: { cloud: {}, edge: {} } },
    [
      'links.preset: "9g" is not allowed here; did you mean "4g"?',
      'tiers.endpoint: the benchmark image-classification needs an endpoint to send photos; add "endpoint: { count: 1 }", or remove the benchmark',
    ],
  ],
])("%s", (_, change, expected) => {
  expect(check(change)).toEqual(expected);
});
