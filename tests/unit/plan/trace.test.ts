import { planTestbed } from "../../../components/plan/whole/plan.ts";
import type { TestbedArgs } from "../../../components/experiment/whole/testbed.ts";
import { shapingInputs } from "../../../providers/strata/net/shapingInputs.ts";
import { specOf } from "../../support/spec.ts";

const content = "time s,latency ms,loss %\n0,20,0\n0.5,80,1.5\n";
const links = (more: object = {}): TestbedArgs["links"] => ({
  preset: "4g",
  "cloud-endpoint": { queue: "10 packets", trace: { file: "x.csv", content }, ...more },
});
const plan = (counts = { cloud: 1, edge: 1, endpoint: 1 }, args = links()) =>
  planTestbed("lab", specOf(counts, { links: args }));

test("a trace is part of its link's rules, with the queue that each step needs", () => {
  const { machines } = plan();
  // 7.21 Mbit/s x 20 ms / 12,000 bit = 12.02 under way, 10 in the queue
  const steps = "0 20 - - 0 23\n500 80 - - 1.5 59\n";
  expect(
    machines.map(({ shaping }) => Object.entries(shaping).map(([peer, { trace }]) => [peer, trace?.steps])),
  ).toEqual([
    [
      ["cloud", undefined],
      ["edge", undefined],
      ["endpoint", steps],
    ],
    [
      ["cloud", undefined],
      ["edge", undefined],
      ["endpoint", undefined],
    ],
    [
      ["cloud", steps],
      ["edge", undefined],
      ["endpoint", undefined],
    ],
  ]);
  // The rule's own values hold while nothing replays it.
  expect(machines[0]?.shaping.endpoint).toMatchObject({
    latencyMs: 45,
    rateMbit: 7.21,
    lossPercent: 0,
    limitPackets: 38,
  });
});

test("links show where a trace comes from, not its steps", () => {
  const source = {
    file: "x.csv",
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    loop: true,
    lengthMs: 1000,
  };
  expect(plan().links.find(({ name }) => name === "cloud-endpoint")?.trace).toEqual(source);
  const up = plan(undefined, links({ trace: undefined, up: { trace: { file: "x.csv", content, loop: false } } }));
  const { up: upwards, ...down } = up.links.find(({ name }) => name === "cloud-endpoint")!;
  expect([down.trace, upwards?.trace]).toEqual([undefined, { ...source, loop: false }]);
  expect(up.machines.map(({ shaping }) => shaping.endpoint?.trace ?? shaping.cloud?.trace)).toMatchObject([
    undefined,
    undefined,
    { loop: false },
  ]);
});

test("an edit of one byte is an edit of the plan; the same bytes are the same plan", () => {
  expect(plan()).toEqual(plan());
  const edited = plan(undefined, links({ trace: { file: "x.csv", content: content.replace("80", "81") } }));
  const rules = [plan(), edited].map(({ machines }) => machines[0]?.shaping.endpoint?.trace);
  expect(rules[0]?.sha256).not.toBe(rules[1]?.sha256);
  expect(rules[1]?.steps).toBe("0 20 - - 0 23\n500 81 - - 1.5 59\n");
});

test("many machines share a trace's text, and the plugin takes it", () => {
  const { machines } = plan({ cloud: 1, edge: 1, endpoint: 40 });
  const first = machines[0]!;
  const inputs = { stack: "lab", machine: first.name, address: first.address, rules: first.shaping };
  expect(shapingInputs.parse(inputs).rules).toEqual(first.shaping);
  const rows = Array.from({ length: 10_000 }, (_, i) => `${i},${i / 1e7}`).join("\n");
  const long = plan(undefined, links({ trace: { file: "x.csv", content: `time s,loss %\n${rows}\n` } }));
  expect(() => shapingInputs.parse({ ...inputs, rules: long.machines[0]!.shaping })).not.toThrow();
});
