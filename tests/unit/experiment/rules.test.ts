import { loadTestbed } from "../../../components/experiment/whole/load.ts";
import { formatProblem } from "../../../components/experiment/problem.ts";
import type { TestbedArgs } from "../../../components/experiment/whole/testbed.ts";

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
      "warning: links.cloud-edge.jitter: a jitter of 2 ms on a latency of 1 ms asks for negative delays; netem makes them 0, which raises the mean and narrows the spread; make the jitter at most a third of the latency",
    ],
  ],
  [
    "jitter above the latency in one direction, and on one machine",
    {
      links: {
        "cloud-edge": { latency: "3 ms", jitter: "2 ms", up: { latency: "1 ms" } },
        "edge-0": { latency: "1 ms", jitter: "2 ms" },
      },
    },
    ["links.cloud-edge.up.jitter", "links.edge-0.jitter"].map(
      (path) =>
        `warning: ${path}: a jitter of 2 ms on a latency of 1 ms asks for negative delays; netem makes them 0, which raises the mean and narrows the spread; make the jitter at most a third of the latency`,
    ),
  ],
  [
    "a distribution of no jitter",
    { links: { "cloud-edge": { latency: "1 ms", jitterDistribution: "pareto" } } },
    [
      "warning: links.cloud-edge.jitterDistribution: there is no jitter that could be distributed or correlated; add a jitter, or remove this",
    ],
  ],
  [
    "what netem can't do",
    {
      links: {
        "cloud-edge": { reorder: "1 %" },
        "edge-edge": { queue: "5 ms" },
        "cloud-cloud": { loss: "60 %", lossBurst: 1 },
      },
    },
    [
      "links.cloud-cloud.lossBurst: losses of 60 % don't fit between bursts that short; lower the loss, or make the bursts longer",
      "links.cloud-edge.reorder: packets overtake others by not being delayed, and nothing is delayed here; add a latency, or remove reorder",
      'links.edge-edge.queue: a queue of 5 ms has no length without a rate; add a rate, or write the queue as "100 packets"',
    ],
  ],
  [
    "what netem keeps no number for",
    {
      links: {
        "cloud-cloud": { latency: "3 s", jitter: "2147 ms" },
        "cloud-edge": { latency: "7 s", jitter: "2148 ms", up: { jitter: "1300 ms", jitterDistribution: "uniform" } },
        "edge-edge": { latency: "0.4 us", reorder: "1 %" },
        "edge-endpoint": {
          latency: "9 s",
          trace: { file: "x.csv", content: "time s,jitter s\n0,1\n2,3\n" },
        },
      },
    },
    [
      "links.cloud-edge.jitter: a jitter of 2148 ms is more than netem can make; the most is 2147 ms with distribution normal",
      "links.cloud-edge.up.jitter: a jitter of 1300 ms is more than netem can make; the most is 1239 ms with distribution uniform",
      "links.edge-edge.reorder: packets overtake others by not being delayed, and nothing is delayed here; add a latency, or remove reorder",
      "links.edge-endpoint.trace: from 2 s on the jitter is more than netem can make; the most is 2147 ms with distribution normal",
    ],
  ],
  [
    "values out of range",
    {
      links: {
        "cloud-edge": { latency: "-1 ms", loss: "101 %", rate: "0 Mbit", queue: "0 packets" },
        "edge-endpoint": { up: { duplicate: "200 %" } },
      },
    },
    [
      'links.cloud-edge.latency: "-1 ms" is too small for a latency; the least is 0 ms',
      'links.cloud-edge.rate: "0 Mbit" is too small for a rate; the least is 0.001 Mbit',
      'links.cloud-edge.loss: "101 %" is too large for a percentage; the most is 100 %',
      'links.cloud-edge.queue: "0 packets" can\'t be set up; use 1 to 1000000 packets',
      'links.edge-endpoint.up.duplicate: "200 %" is too large for a percentage; the most is 100 %',
    ],
  ],
  [
    "machines that are not there, and no machines at all",
    { links: { "endpoint-1": { latency: "1 ms" }, "cloud-egde": { latency: "1 ms" } } },
    ['links.cloud-egde: is not a known key; did you mean "cloud-edge"?'],
  ],
  [
    "a machine that is not there",
    { links: { "endpoint-1": { latency: "1 ms" } } },
    ["links.endpoint-1: there is no machine endpoint-1: endpoint has 1 machine; name one of endpoint-0 to endpoint-0"],
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
