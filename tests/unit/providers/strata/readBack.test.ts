import { readBack } from "../../../../providers/strata/net/readBack.ts";
import type { Emulation } from "../../../../providers/strata/net/rules.ts";

// Printed by iproute2 6.1 in a machine of ours (Linux 6.1).
const netem = (handle: number, delay: object, rate: number, more: object = {}) => ({
  kind: "netem",
  handle: `${handle.toString(16)}:`,
  parent: `1:${handle.toString(16)}`,
  options: {
    limit: 10000,
    delay,
    ...more,
    rate: { rate, packetoverhead: 0, cellsize: 0, celloverhead: 0 },
    ecn: false,
    gap: 0,
  },
});
const root = { kind: "htb", handle: "1:", root: true, refcnt: 2, options: { r2q: 10, default: "0" } };
const filter = (handle: number, value: string) => ({
  protocol: "ip",
  pref: handle,
  kind: "u32",
  options: {
    fh: "800::800",
    flowid: `1:${handle.toString(16)}`,
    match: { value, mask: "ffffc000", offmask: "", off: 16 },
  },
});
const unlimited = "class htb 1:1 root rate 100Gbit ceil 100Gbit burst 10462500b cburst 10462500b ";
const printed = (qdiscs: object[], filters: object[] = [], more: object = {}) =>
  JSON.stringify({ qdiscs, filters, classes: unlimited, duplicates: "", received: "", inbound: [], ...more });

const cloud = {
  cidr: "10.83.0.0/18",
  latencyMs: 45,
  jitterMs: 5,
  rateMbit: 7.21,
  lossPercent: 0.1,
  limitPackets: 10000,
};
const edge = { cidr: "10.83.64.0/18", latencyMs: 7.5, jitterMs: 0, lossPercent: 0, limitPackets: 10000 };
const wanted: Emulation = { rules: { cloud, edge } };

test("what equals the wanted rules up to tc's rounding is the wanted rules", () => {
  const text = printed(
    [
      root,
      netem(16, { delay: 0.045, jitter: 0.00499999, correlation: 0 }, 901249, {
        "loss-random": { loss: 0.000999999, correlation: 0 },
      }),
      netem(32, { delay: 0.0075, jitter: 0, correlation: 0 }, 12500000000),
    ],
    [{ kind: "u32" }, filter(16, "a530000"), filter(32, "a534000")],
  );
  expect(readBack(text, wanted)).toEqual(wanted);
});

test("differences show", () => {
  const text = printed(
    [root, netem(16, { delay: 0.06, jitter: 0, correlation: 0 }, 375000)],
    [filter(16, "a530000"), filter(32, "a534000")],
  );
  expect(readBack(text, wanted)).toEqual({
    rules: {
      cloud: { cidr: "10.83.0.0/18", latencyMs: 60, jitterMs: 0, rateMbit: 3, lossPercent: 0, limitPackets: 10000 },
    },
  });
});

test("a device without our tree has no rules", () => {
  expect(readBack(printed([{ kind: "fq_codel", handle: "0:", root: true, options: {} }]), wanted)).toEqual({
    rules: {},
  });
});

// As a machine of ours printed it for the rules below.
const full: Emulation = {
  rules: {
    cloud: {
      cidr: "10.83.0.0/18",
      latencyMs: 20,
      jitterMs: 4,
      jitterDistribution: "pareto",
      lossPercent: 0,
      duplicatePercent: 10,
      limitPackets: 10000,
    },
    "edge-3": {
      cidr: "10.83.64.4/32",
      latencyMs: 1,
      jitterMs: 0.1,
      jitterCorrelationPercent: 25,
      rateMbit: 7.21,
      lossPercent: 4.761905,
      gilbertElliott: { goodToBadPercent: 1, badToGoodPercent: 20, lossInBadPercent: 100, lossInGoodPercent: 0 },
      corruptPercent: 1,
      reorderPercent: 1,
      limitPackets: 10000,
    },
  },
  access: { upMbit: 3, downMbit: 5, peers: ["10.83.0.0/16"] },
};
const bursts = { "loss-gemodel": { p: 0.01, r: 0.2, "1-h": 1, "1-k": 0 } };
const fullText = (threshold = 429496730, up = "3Mbit") =>
  printed(
    [
      root,
      netem(0x8003, { delay: 0.001, jitter: 9.9e-5, correlation: 0.25 }, 901250, {
        ...bursts,
        reorder: { reorder: 0.01, correlation: 0 },
        corrupt: { corrupt: 0.01, correlation: 0 },
      }),
      netem(16, { delay: 0.020162, jitter: 0.00488, correlation: 0 }, 12500000000),
    ],
    [
      { ...filter(0x8003, "a534004"), options: { flowid: "1:8003", match: { value: "a534004", mask: "ffffffff" } } },
      filter(16, "a530000"),
    ],
    {
      classes: `class htb 1:1 root rate ${up} ceil ${up} burst 1599b cburst 1599b `,
      duplicates: `filter protocol ip pref 65016 bpf chain 0 ;filter protocol ip pref 65016 bpf chain 0 handle 0x1 not_in_hw bytecode '9,32 0 0 4294963220,21 6 0 1937011297,32 0 0 30,84 0 0 4294950912,21 0 3 173211648,32 0 0 4294963256,53 1 0 ${threshold},6 0 0 4294967295,6 0 0 0';`,
      received:
        "filter protocol ip pref 1 u32 chain 0 ; action order 1: mirred (Egress Redirect to device strata0) stolen;",
      inbound: [{ kind: "netem", handle: "2:", root: true, options: { limit: 1000, rate: { rate: 625000 } } }],
    },
  );

test("everything that can be in force is read", () => {
  expect(JSON.stringify(readBack(fullText(), full))).toBe(JSON.stringify(full));
});

test("drift in duplicates and shared rates shows", () => {
  const { rules, access } = readBack(fullText(42949673, "7210Kbit"), full);
  expect(rules.cloud?.duplicatePercent).toBeCloseTo(1, 5);
  expect(access).toEqual({ upMbit: 7.21, downMbit: 5, peers: ["10.83.0.0/16"] });
});
