import { shapingBatch, shapingChange } from "../../../../providers/strata/net/batch.ts";
import { refusedRule } from "../../../../providers/strata/net/refusal.ts";
import {
  classOf,
  numberOf,
  peerOf,
  priorityOf,
  shapingRule,
  type ShapingRule,
} from "../../../../providers/strata/net/rules.ts";

const fourG: ShapingRule = {
  cidr: "10.83.0.0/18",
  latencyMs: 45,
  jitterMs: 5,
  rateMbit: 7.21,
  lossPercent: 0,
  limitPackets: 1000,
};
const near: ShapingRule = { cidr: "10.83.64.0/18", latencyMs: 7.5, jitterMs: 0, lossPercent: 0, limitPackets: 25000 };
const phone: ShapingRule = { ...fourG, cidr: "10.83.128.4/32", latencyMs: 60 };

const unlimited = "htb rate 100gbit ceil 100gbit burst 10mb cburst 10mb quantum 60000";
const netem =
  "netem limit 1000 delay 45000us 5000us 0% distribution normal loss 0% corrupt 0% reorder 0% rate 7210000bit";

const batch = (...args: Parameters<typeof shapingBatch>): string[] =>
  shapingBatch(...args)
    .trimEnd()
    .split("\n");
const change = (...args: Parameters<typeof shapingChange>): string[] | undefined =>
  shapingChange(...args)
    ?.trimEnd()
    .split("\n");

test("the whole tree, from any state of the device; machines before tiers", () => {
  expect(batch({ rules: { cloud: fourG, edge: near, "endpoint-3": phone } }, "eth0")).toEqual([
    "qdisc replace dev eth0 root pfifo",
    "qdisc replace dev eth0 root handle 1: htb default 0",
    "filter add dev eth0 parent 1: protocol ipv6 prio 64999 u32 match u32 0 0 action drop",
    `class replace dev eth0 parent 1: classid 1:1 ${unlimited}`,
    `class replace dev eth0 parent 1:1 classid 1:c003 ${unlimited}`,
    `qdisc replace dev eth0 parent 1:c003 handle c003: ${netem.replace("45000us", "60000us")}`,
    "filter add dev eth0 parent 1: protocol ip prio 32772 u32 match ip dst 10.83.128.4/32 flowid 1:c003",
    `class replace dev eth0 parent 1:1 classid 1:10 ${unlimited}`,
    `qdisc replace dev eth0 parent 1:10 handle 10: ${netem}`,
    "filter add dev eth0 parent 1: protocol ip prio 65016 u32 match ip dst 10.83.0.0/18 flowid 1:10",
    `class replace dev eth0 parent 1:1 classid 1:20 ${unlimited}`,
    "qdisc replace dev eth0 parent 1:20 handle 20: netem limit 25000 delay 7500us 0us 0% loss 0% corrupt 0% reorder 0% rate 100gbit",
    "filter add dev eth0 parent 1: protocol ip prio 65032 u32 match ip dst 10.83.64.0/18 flowid 1:20",
  ]);
});

test("every effect on single packets; duplicates at the egress hook", () => {
  const model = { goodToBadPercent: 1, badToGoodPercent: 20, lossInBadPercent: 100, lossInGoodPercent: 0.1 };
  const rule: ShapingRule = {
    ...fourG,
    jitterDistribution: "uniform",
    jitterCorrelationPercent: 25,
    lossPercent: 4.8,
    gilbertElliott: model,
    duplicatePercent: 10,
    corruptPercent: 0.01,
    reorderPercent: 0.5,
  };
  const lines = batch({ rules: { cloud: rule } }, "eth0");
  expect(lines[0]).toBe("# single packets");
  expect(lines.slice(6, 7)).toEqual([
    // A uniform spread of 5 ms reaches sqrt(3) times as far.
    "qdisc replace dev eth0 parent 1:10 handle 10: netem limit 1000 delay 45000us 8660us 25% loss gemodel 1% 20% 100% 0.1% corrupt 0.01% reorder 0.5% rate 7210000bit",
  ]);
  expect(lines.slice(8)).toEqual([
    "qdisc add dev eth0 clsact",
    // 0xa530000 of 10.83.0.0, 0xffffc000 of /18, a tenth of 2^32.
    'filter add dev eth0 egress protocol ip prio 65016 bpf bytecode "9,32 0 0 4294963220,21 6 0 1937011297,32 0 0 30,84 0 0 4294950912,21 0 3 173211648,32 0 0 4294963256,53 1 0 429496730,6 0 0 4294967295,6 0 0 0" action skbedit mark 1937011297 pipe action mirred egress mirror dev eth0',
  ]);
});

const otherwise: Required<ShapingRule> = {
  cidr: "10.83.128.0/18",
  latencyMs: 46,
  jitterMs: 6,
  jitterDistribution: "uniform",
  jitterCorrelationPercent: 1,
  rateMbit: 7,
  lossPercent: 1,
  gilbertElliott: { goodToBadPercent: 1, badToGoodPercent: 20, lossInBadPercent: 100, lossInGoodPercent: 0 },
  duplicatePercent: 1,
  corruptPercent: 1,
  reorderPercent: 1,
  limitPackets: 1001,
  countsPackets: true,
  trace: { file: "x", sha256: "y", loop: true, lengthMs: 1, steps: "0 1 - - - 1\n" },
};

test.each(Object.keys(shapingRule.shape) as (keyof ShapingRule)[])("the machine is told a rule's %s", (property) => {
  const changed = { ...fourG, [property]: otherwise[property] };
  expect(batch({ rules: { cloud: shapingRule.parse(changed) } }, "eth0")).not.toEqual(
    batch({ rules: { cloud: fourG } }, "eth0"),
  );
});

test("a Pareto spread has the wanted mean and deviation", () => {
  // 5 / 0.819677 = 6.1 ms; its mean lies 0.033491 of that below the delay.
  expect(batch({ rules: { cloud: { ...fourG, jitterDistribution: "pareto" } } }, "eth0")[5]).toContain(
    "delay 45204us 6100us 0% distribution pareto",
  );
});

test("a rate that all links share, each way", () => {
  const access = { upMbit: 5, downMbit: 20, peers: ["10.83.0.0/18"] };
  const lines = batch({ rules: { cloud: fourG }, access }, "eth0");
  expect(lines.filter((line) => /class|strata0|inbound|clsact/.test(line))).toEqual([
    "# inbound",
    "class replace dev eth0 parent 1: classid 1:1 htb rate 5000000bit ceil 5000000bit burst 2500 cburst 2500 quantum 1514",
    "class replace dev eth0 parent 1:1 classid 1:10 htb rate 8000bit ceil 5000000bit burst 1600 cburst 2500 quantum 1514",
    "qdisc add dev eth0 clsact",
    "qdisc replace dev strata0 root handle 2: netem limit 1000 rate 20000000bit",
    "filter add dev eth0 ingress protocol ip prio 1 u32 match ip src 10.83.0.0/18 action mirred egress redirect dev strata0",
  ]);
});

test("a change of values touches only the queues", () => {
  expect(
    change({ rules: { cloud: fourG } }, { rules: { cloud: { ...fourG, latencyMs: 20, jitterMs: 0 } } }, "eth0"),
  ).toEqual([
    `class replace dev eth0 parent 1: classid 1:1 ${unlimited}`,
    `class replace dev eth0 parent 1:1 classid 1:10 ${unlimited}`,
    "qdisc replace dev eth0 parent 1:10 handle 10: netem limit 1000 delay 20000us 0us 0% loss 0% corrupt 0% reorder 0% rate 7210000bit",
  ]);
});

test("a rule comes and one goes while the others stay", () => {
  expect(change({ rules: { edge: near } }, { rules: { cloud: fourG } }, "eth0")).toEqual([
    `class replace dev eth0 parent 1: classid 1:1 ${unlimited}`,
    "filter del dev eth0 parent 1: protocol ip prio 65032",
    "class del dev eth0 classid 1:20",
    `class replace dev eth0 parent 1:1 classid 1:10 ${unlimited}`,
    `qdisc replace dev eth0 parent 1:10 handle 10: ${netem}`,
    "filter add dev eth0 parent 1: protocol ip prio 65016 u32 match ip dst 10.83.0.0/18 flowid 1:10",
  ]);
});

const down = (mbit: number) => ({ downMbit: mbit, peers: ["10.83.0.0/18"] });

test.each([
  ["another range", { rules: { edge: near } }, { rules: { edge: { ...near, cidr: "10.84.64.0/18" } } }],
  ["duplicates", { rules: { edge: near } }, { rules: { edge: { ...near, duplicatePercent: 1 } } }],
  ["first losses", { rules: { edge: near } }, { rules: { edge: { ...near, lossPercent: 1 } } }],
  [
    "a table that would stay",
    { rules: { cloud: fourG } },
    { rules: { cloud: { ...fourG, jitterDistribution: "uniform" as const } } },
  ],
  ["a shared rate of what is received", { rules: {} }, { rules: {}, access: down(3) }],
])("%s needs the whole tree", (_, from, to) => {
  expect(shapingChange(from, to, "eth0")).toBeUndefined();
});

test("shared rates change in place", () => {
  const to = { rules: {}, access: { ...down(4), upMbit: 2 } };
  expect(change({ rules: {}, access: down(3) }, to, "eth0")).toEqual([
    "class replace dev eth0 parent 1: classid 1:1 htb rate 2000000bit ceil 2000000bit burst 1600 cburst 1600 quantum 1514",
    "qdisc replace dev strata0 root handle 2: netem limit 1000 rate 4000000bit",
  ]);
});

test("small values have no exponent and are whole microseconds", () => {
  const rule = { ...near, latencyMs: 0.0004, lossPercent: 0.000001, rateMbit: 0.0123456 };
  expect(shapingBatch({ rules: { edge: rule } }, "eth0")).toContain(
    "delay 0us 0us 0% loss 0.000001% corrupt 0% reorder 0% rate 12346bit",
  );
});

test("numbers of classes, back and forth", () => {
  const peers = ["cloud", "edge", "endpoint", "cloud-0", "edge-16382", "endpoint-0"];
  expect(peers.map(classOf)).toEqual(["10", "20", "30", "4000", "bffe", "c000"]);
  expect(peers.map((peer) => peerOf(numberOf(peer)))).toEqual(peers);
  expect(Math.max(...peers.slice(3).map(priorityOf))).toBeLessThan(priorityOf("cloud"));
  expect([0, 1, 2, 64, 0xffff].map((number) => (number === 0xffff ? undefined : peerOf(number)))).toEqual(
    Array(5).fill(undefined),
  );
});

test("a refused line names its rule", () => {
  const application = { device: "eth0", batch: "a\nqdisc replace dev eth0 parent 1:c003 handle c003: netem\n" };
  expect(refusedRule("x\nCommand failed /etc/strata/shaping.tc.new:2\n", application)).toBe(
    "rule for endpoint-3: tc qdisc replace dev eth0 parent 1:c003 handle c003: netem",
  );
  expect(refusedRule("Command failed /etc/strata/shaping.tc.new:1", application)).toBe("rule: tc a");
  expect(refusedRule("no machine", application)).toBeUndefined();
});
