// What is said of values and rules that other tests of the experiment do not come by; each with its line's path and its fix.
import { loadTestbed } from "../../../components/experiment/whole/load.ts";
import { formatProblem } from "../../../components/experiment/problem.ts";
import { parseMahimahiTrace } from "../../../components/experiment/traceText.ts";
import { everywhere } from "../../../benchmarks/run/everywhere.ts";
import { findWorkload } from "../../../benchmarks/workloads/find.ts";
import { localTestbed } from "../../support/workload/localTestbed.ts";

const right = { tiers: { cloud: { count: 1 }, edge: { count: 1 }, endpoint: { count: 12 } }, links: { preset: "4g" } };

/** Errors and warnings of an experiment that is right but for what is given. */
function said(change: object, traces: Record<string, string> = {}): string[] {
  const loaded = loadTestbed(JSON.stringify({ ...right, ...change }), undefined, (name) => traces[name]);
  return (loaded.ok ? loaded.warnings : loaded.problems).map((one) => formatProblem({ ...one, line: undefined }));
}
const link = (shape: object, traces?: Record<string, string>): string[] =>
  said({ links: { "cloud-edge": { latency: "5 ms", rate: "5 Mbit", ...shape } } }, traces);

test("what the others change is right as it is", () => {
  expect(said({})).toEqual([]);
  expect(link({ queue: "50 ms" })).toEqual([]);
  expect(link({ queue: "100 packets" })).toEqual([]);
  expect(link({ queue: " 1 packet" })).toEqual([]);
});

test.each<[unknown, string]>([
  ["long", '"long" is not a queue length; write for example "50 ms" or "100 packets"'],
  [50, '50 is not a queue length; write for example "50 ms" or "100 packets"'],
  ["0 ms", '"0 ms" is not a queue length; write for example "50 ms" or "100 packets"'],
  ["-5 ms", '"-5 ms" is not a queue length; write for example "50 ms" or "100 packets"'],
  ["0 packets", '"0 packets" can\'t be set up; use 1 to 1000000 packets'],
  ["1000001 packets", '"1000001 packets" can\'t be set up; use 1 to 1000000 packets'],
])("a queue of %j: %s", (queue, message) => {
  expect(link({ queue })).toEqual([`links.cloud-edge.queue: ${message}`]);
});

test.each<[object, string]>([
  [{ latency: 5 }, 'links.cloud-edge.latency: 5 has no unit; write "5 ms"'],
  [{ rate: "5 Mbyte" }, 'links.cloud-edge.rate: "Mbyte" is not a unit of rate'],
  [{ loss: "half" }, 'links.cloud-edge.loss: "half" is not a percentage'],
])("a value of %j is told with how it is written", (shape, message) => {
  const [first = "", ...others] = link(shape);
  expect(first.startsWith(message.split(":")[0]!)).toBe(true);
  expect(first).toMatch(/; .*(write|use|units)/);
  expect(others).toEqual([]);
});

test("a fault without its times is told what is missing, with an example", () => {
  const benchmark = { workload: "image-classification", faults: [{ kind: "link-down", link: "cloud-edge" }] };
  const messages = said({ software: [{ kind: "mqtt", on: "edge" }], benchmark });
  expect(messages).toEqual([
    expect.stringMatching(/^benchmark\.faults\[0\]\.at: a duration is missing; add it, for example "\d+ s"$/),
    expect.stringMatching(/^benchmark\.faults\[0\]\.duration: a duration is missing; add it, for example "\d+ s"$/),
  ]);
});

describe("traces", () => {
  const trace = (content: string, more: object = {}) => link({ trace: { file: "t", ...more } }, { t: content });

  test("a window that holds no time is refused", () => {
    expect(trace("5\n10\n", { window: "0 ms" })).toEqual([
      'links.cloud-edge.trace.window: a window of 0 ms holds no time that a trace has; write for example "100 ms"',
    ]);
  });

  test("times that count from elsewhere than the trace's start are refused, and cost no time", () => {
    const epoch = "1760000000000\n1760000000100\n";
    expect(trace(epoch)[0]).toBe(
      't: links.cloud-edge.trace.file: "1760000000000 ms" is too large for a duration; count the times from the trace\'s start',
    );
    expect(parseMahimahiTrace(`${"9".repeat(400)}\n`, 1).problems).toHaveLength(1);
    // The longest there may be, in the shortest windows: two packets, and an outage between.
    const week = 604_800_000;
    expect(parseMahimahiTrace(`0\n${week}\n`, 1).steps).toEqual([
      { atMs: 0, rateMbit: 12.112 },
      { atMs: 1, rateMbit: 0 },
      { atMs: week - 1, rateMbit: 12.112 },
    ]);
  });

  test("a word in place of a time is told with the other form of a trace", () => {
    expect(trace("5\nsix\n")).toEqual([
      't: links.cloud-edge.trace.file: "six" is not a time in whole ms; write one number a line, or name a table of values .csv',
    ]);
  });
});

test("settings for many single machines are doubtful: each costs a rule in every other machine", () => {
  const tiers = { cloud: { count: 1 }, endpoint: { count: 300 } };
  const machines = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`endpoint-${i}`, { latency: "1 ms" }]));
  const [first = ""] = said({ tiers, links: { preset: "4g", ...machines(300) } });
  const most = Number(/give at most (\d+) of them/.exec(first)?.[1]);
  expect(first).toBe(
    "warning: links: 300 machines have settings of their own, a rule each in every other machine; " +
      `give at most ${most} of them, and tiers the values that most share`,
  );
  expect(said({ tiers, links: { preset: "4g", ...machines(most) } })).toEqual([]);
});

test("workloads that are not there, and testbeds without a place for one, are told by name", async () => {
  await expect(findWorkload("video")).rejects.toThrow('there is no workload "video" in this Strata');
  const place = (worker: "cloud" | "kubernetes") =>
    everywhere(
      { name: "lab", machines: localTestbed.machines.filter(({ tier }) => tier !== "cloud") },
      { workload: "empty", worker },
    );
  expect(() => place("cloud")).toThrow("testbed lab has no cloud machine to run empty");
  expect(() => place("kubernetes")).toThrow("testbed lab has no worker pod to run empty");
});
