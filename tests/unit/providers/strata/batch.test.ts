import { shapingBatch, shapingChange } from "../../../../providers/strata/net/batch.ts";
import type { ShapingRule } from "../../../../providers/strata/net/rules.ts";

const fourG: ShapingRule = {
  cidr: "10.83.0.0/18",
  latencyMs: 45,
  jitterMs: 5,
  rateMbit: 7.21,
  lossPercent: 0.1,
  limitPackets: 1000,
};
const near: ShapingRule = { cidr: "10.83.64.0/18", latencyMs: 7.5, jitterMs: 0, lossPercent: 0, limitPackets: 25000 };

const unlimited = "htb rate 100gbit ceil 100gbit burst 10mb cburst 10mb quantum 60000";

test("the whole tree, from any state of the device", () => {
  expect(shapingBatch({ cloud: fourG, edge: near }, "eth0").split("\n")).toEqual([
    "qdisc replace dev eth0 root pfifo",
    "qdisc replace dev eth0 root handle 1: htb default 0",
    `class replace dev eth0 parent 1: classid 1:10 ${unlimited}`,
    "qdisc replace dev eth0 parent 1:10 handle 10: netem limit 1000 delay 45000us 5000us distribution normal loss 0.1% rate 7210000bit",
    "filter add dev eth0 parent 1: protocol ip prio 10 u32 match ip dst 10.83.0.0/18 flowid 1:10",
    `class replace dev eth0 parent 1: classid 1:20 ${unlimited}`,
    "qdisc replace dev eth0 parent 1:20 handle 20: netem limit 25000 delay 7500us loss 0% rate 100gbit",
    "filter add dev eth0 parent 1: protocol ip prio 20 u32 match ip dst 10.83.64.0/18 flowid 1:20",
    "",
  ]);
});

test("a change of values touches only the queues", () => {
  expect(shapingChange({ cloud: fourG }, { cloud: { ...fourG, latencyMs: 20, jitterMs: 0 } }, "eth0")).toBe(
    `class replace dev eth0 parent 1: classid 1:10 ${unlimited}\n` +
      "qdisc replace dev eth0 parent 1:10 handle 10: netem limit 1000 delay 20000us loss 0.1% rate 7210000bit\n",
  );
});

test("a tier comes and one goes while the others stay", () => {
  expect(shapingChange({ edge: near }, { cloud: fourG }, "eth0")?.split("\n")).toEqual([
    `class replace dev eth0 parent 1: classid 1:10 ${unlimited}`,
    "qdisc replace dev eth0 parent 1:10 handle 10: netem limit 1000 delay 45000us 5000us distribution normal loss 0.1% rate 7210000bit",
    "filter add dev eth0 parent 1: protocol ip prio 10 u32 match ip dst 10.83.0.0/18 flowid 1:10",
    "filter del dev eth0 parent 1: protocol ip prio 20",
    "class del dev eth0 classid 1:20",
    "",
  ]);
});

test("another range needs the whole tree", () => {
  expect(shapingChange({ edge: near }, { edge: { ...near, cidr: "10.84.64.0/18" } }, "eth0")).toBeUndefined();
});

test("small values have no exponent and are whole microseconds", () => {
  const rule = { ...near, latencyMs: 0.0004, lossPercent: 0.000001, rateMbit: 0.0123456 };
  expect(shapingBatch({ edge: rule }, "eth0")).toContain("delay 0us loss 0.000001% rate 12346bit");
});
