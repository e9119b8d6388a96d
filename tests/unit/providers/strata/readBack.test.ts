import { readBack } from "../../../../providers/strata/net/readBack.ts";
import type { ShapingRules } from "../../../../providers/strata/net/rules.ts";

// Printed by iproute2 6.1 in a machine of ours (Linux 6.1).
const netem = (handle: number, delay: object, rate: number, more: object = {}) => ({
  kind: "netem",
  handle: `${handle}:`,
  parent: `1:${handle}`,
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
  options: { fh: "800::800", flowid: `1:${handle}`, match: { value, mask: "ffffc000", offmask: "", off: 16 } },
});
const printed = (qdiscs: object[], filters: object[] = []) => JSON.stringify({ qdiscs, filters });

const cloud = {
  cidr: "10.83.0.0/18",
  latencyMs: 45,
  jitterMs: 5,
  rateMbit: 7.21,
  lossPercent: 0.1,
  limitPackets: 10000,
};
const edge = { cidr: "10.83.64.0/18", latencyMs: 7.5, jitterMs: 0, lossPercent: 0, limitPackets: 10000 };
const wanted: ShapingRules = { cloud, edge };

test("what equals the wanted rules up to tc's rounding is the wanted rules", () => {
  const text = printed(
    [
      root,
      netem(10, { delay: 0.045, jitter: 0.00499999, correlation: 0 }, 901249, {
        "loss-random": { loss: 0.000999999, correlation: 0 },
      }),
      netem(20, { delay: 0.0075, jitter: 0, correlation: 0 }, 12500000000),
    ],
    [{ kind: "u32" }, filter(10, "a530000"), filter(20, "a534000")],
  );
  expect(readBack(text, wanted)).toEqual(wanted);
});

test("differences show", () => {
  const text = printed(
    [root, netem(10, { delay: 0.06, jitter: 0, correlation: 0 }, 375000)],
    [filter(10, "a530000"), filter(20, "a534000")],
  );
  expect(readBack(text, wanted)).toEqual({
    cloud: { cidr: "10.83.0.0/18", latencyMs: 60, jitterMs: 0, rateMbit: 3, lossPercent: 0, limitPackets: 10000 },
  });
});

test("a device without our tree has no rules", () => {
  expect(readBack(printed([{ kind: "fq_codel", handle: "0:", root: true, options: {} }]), wanted)).toEqual({});
});
