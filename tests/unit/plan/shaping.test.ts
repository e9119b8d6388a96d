import fc from "fast-check";
import { limitPackets } from "../../../components/plan/queueLimit.ts";
import { planTestbed } from "../../../components/plan/whole/plan.ts";
import { planLinks, planShaping } from "../../../components/plan/shaping.ts";
import { linkPresets } from "../../../components/experiment/linkPresets.ts";
import { linksSchema } from "../../../components/experiment/links.ts";
import type { TestbedArgs } from "../../../components/experiment/whole/testbed.ts";
import { shapingBatch } from "../../../providers/strata/net/batch.ts";
import { specOf } from "../../support/spec.ts";

const cidrs = { cloud: "10.83.0.0/18", endpoint: "10.83.128.0/18" };
const places = { cidrs, addresses: {} };
const cloud = { tier: "cloud", machine: "cloud-0" } as const;
const endpoint = { tier: "endpoint", machine: "endpoint-0" } as const;
const edge = { tier: "edge", machine: "edge-0" } as const;

test("a rule for each tier that has machines, its own included", () => {
  expect(planShaping(cloud, linkPresets["4g"], places)).toEqual({
    rules: {
      cloud: { cidr: "10.83.0.0/18", latencyMs: 0, jitterMs: 0, rateMbit: 1000, lossPercent: 0, limitPackets: 1000 },
      endpoint: {
        cidr: "10.83.128.0/18",
        latencyMs: 45,
        jitterMs: 5,
        rateMbit: 7.21,
        lossPercent: 0,
        limitPackets: 1000,
      },
    },
  });
});

test("each end does its own direction", () => {
  const links = linksSchema.parse({ "cloud-endpoint": { latency: "3 ms", loss: "1 %", up: { rate: "2 Mbit" } } });
  const { endpoint: down } = planShaping(cloud, links, places).rules;
  const { cloud: up } = planShaping(endpoint, links, places).rules;
  expect(down).toEqual({ cidr: cidrs.endpoint, latencyMs: 3, jitterMs: 0, lossPercent: 1, limitPackets: 5000 });
  expect(up).toEqual({ ...down, cidr: cidrs.cloud, rateMbit: 2, limitPackets: 1000 });
  expect(planShaping(edge, links, places)).toEqual({ rules: {} });
});

test("a machine with settings of its own is a rule in all others, a shared rate one in itself", () => {
  const links = linksSchema.parse({
    preset: "4g",
    access: { endpoint: { up: "5 Mbit" } },
    "endpoint-1": { latency: "60 ms", up: { loss: "1 %" }, access: { down: "3 Mbit" } },
  });
  const own = { cidrs, addresses: { "endpoint-1": "10.83.128.2" } };
  const at = planShaping(cloud, links, own);
  expect(at.rules["endpoint-1"]).toEqual({ ...at.rules.endpoint, cidr: "10.83.128.2/32", latencyMs: 60 });
  expect(at.access).toBeUndefined();
  expect(planShaping(endpoint, links, own).rules["endpoint-1"]).toMatchObject({ latencyMs: 60, lossPercent: 0 });
  const { rules, access } = planShaping({ tier: "endpoint", machine: "endpoint-1" }, links, own);
  expect(Object.keys(rules)).toEqual(["cloud", "endpoint"]);
  expect(rules.cloud).toMatchObject({ latencyMs: 60, lossPercent: 1, rateMbit: 7.21 });
  expect(access).toEqual({ upMbit: 5, downMbit: 3, peers: Object.values(cidrs) });
});

test("where both ends have settings, those of the end further from the cloud win", () => {
  const links = linksSchema.parse({
    "cloud-endpoint": { latency: "1 ms" },
    "cloud-0": { latency: "2 ms", rate: "5 Mbit" },
    "endpoint-1": { latency: "3 ms" },
    "endpoint-2": { latency: "4 ms" },
  });
  const addresses = { "cloud-0": "10.83.0.2", "endpoint-1": "10.83.128.2", "endpoint-2": "10.83.128.3" };
  const sent = (tier: "cloud" | "endpoint", machine: string, peer: string) =>
    planShaping({ tier, machine }, links, { cidrs, addresses }).rules[peer];
  expect(sent("cloud", "cloud-0", "endpoint-1")).toMatchObject({ latencyMs: 3, rateMbit: 5 });
  expect(sent("endpoint", "endpoint-1", "cloud-0")).toMatchObject({ latencyMs: 3, rateMbit: 5 });
  expect(sent("endpoint", "endpoint-1", "endpoint-2")).toMatchObject({ latencyMs: 4 });
  // That of its own to its whole tier says it already.
  expect(sent("endpoint", "endpoint-2", "endpoint-1")).toBeUndefined();
  expect(sent("endpoint", "endpoint-2", "endpoint")).toMatchObject({ latencyMs: 4 });
  expect(sent("endpoint", "endpoint-1", "endpoint-1")).toBeUndefined();
});

test.each([
  // 2 x 1000 Mbit/s x 17.5 ms / 12,000 bit
  ["cloud-edge of 4g", { latencyMs: 7.5, jitterMs: 2.5, rateMbit: 1000, lossPercent: 0 }, 2917],
  // 2 x 7.21 Mbit/s x 65 ms / 12,000 bit = 79: netem's default
  ["cloud-endpoint of 4g", { latencyMs: 45, jitterMs: 5, rateMbit: 7.21, lossPercent: 0 }, 1000],
  // 2 x 10,000 Mbit/s x 65 ms / 12,000 bit
  ["without a rate", { latencyMs: 45, jitterMs: 5, lossPercent: 0 }, 108_334],
  // 12 Mbit/s x 45 ms / 12,000 bit under way, 50 in the queue
  ["a queue in packets", { latencyMs: 45, jitterMs: 5, rateMbit: 12, lossPercent: 0, queuePackets: 50 }, 95],
  // and 100 ms of 12 Mbit/s
  ["a queue in ms", { latencyMs: 45, jitterMs: 5, rateMbit: 12, lossPercent: 0, queueMs: 100 }, 145],
])("the queue holds rate x delay: %s", (_, shape, packets) => {
  expect(limitPackets(shape)).toBe(packets);
});

test("links are listed where there are two machines to talk", () => {
  const names = (cloud: number, edge: number, endpoint: number) =>
    planLinks(linkPresets["4g"], { cloud, edge, endpoint }).map(({ name }) => name);
  expect(names(1, 0, 0)).toEqual([]);
  expect(names(2, 0, 1)).toEqual(["cloud-cloud", "cloud-endpoint"]);
  expect(names(1, 1, 1)).toEqual(["cloud-edge", "cloud-endpoint", "edge-endpoint"]);
  expect(names(0, 2, 2)).toEqual(["edge-edge", "edge-endpoint", "endpoint-endpoint"]);
});

test("a machine of 1,000 has as many tc rules as one of 10", () => {
  const links: TestbedArgs["links"] = {
    preset: "4g",
    "cloud-endpoint": { duplicate: "1 %", up: { loss: "1 %" } },
    access: { endpoint: { up: "5 Mbit", down: "5 Mbit" } },
    "endpoint-2": { latency: "60 ms" },
  };
  const lines = (cloud: number, edge: number, endpoint: number) =>
    Object.fromEntries(
      planTestbed("lab", specOf({ cloud, edge, endpoint }, { links })).machines.map(({ name, shaping, access }) => [
        name,
        shapingBatch({ rules: shaping, access }, "eth0").split("\n").length,
      ]),
    );
  const few = lines(3, 3, 4);
  const many = lines(100, 100, 800);
  expect(Object.keys(many)).toHaveLength(1000);
  expect(few["cloud-0"]).toBeGreaterThan(10);
  expect(Object.entries(few).filter(([name, count]) => many[name] !== count)).toEqual([]);
  expect(new Set(Object.entries(many).map(([name, count]) => `${name.split("-")[0] ?? ""} ${count}`)).size).toBe(4);
});

/** One of the values, or none. */
const field = (...values: string[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
const shape = fc
  .record(
    {
      latency: field("1 ms", "45 ms"),
      jitter: field("0 ms", "0.3 ms"),
      rate: field("1 Mbit", "unlimited"),
      loss: field("0 %", "2 %"),
      duplicate: field("1 %"),
      queue: field("10 packets"),
    },
    { requiredKeys: [] },
  )
  .map((fields) => JSON.parse(JSON.stringify(fields)) as object);

test("what an override says holds, what it leaves out is the link's (property)", () => {
  const both = fc.tuple(shape, shape, shape, shape);
  fc.assert(
    fc.property(both, ([base, up, own, ownUp]) => {
      const links = linksSchema.parse({ "cloud-endpoint": { ...base, up }, "endpoint-1": { ...own, up: ownUp } });
      const plain = linksSchema.parse({ "cloud-endpoint": { ...base, ...own, up: { ...up, ...own, ...ownUp } } });
      const machine = { tier: "endpoint", machine: "endpoint-1" } as const;
      const asked = Object.keys({ ...own, ...ownUp }).length > 0;
      const { cloud: sent } = planShaping(machine, links, places).rules;
      const { cloud: expected } = planShaping(machine, plain, places).rules;
      if (asked) expect(sent).toEqual(expected);
    }),
  );
});

test("a queue that is asked for counts single packets, so the kernel hands over no 64 kB as one", () => {
  const batch = (queue?: string): string => {
    const links = { "cloud-endpoint": { rate: "100 Mbit", ...(queue && { queue }) } } as TestbedArgs["links"];
    const { machines } = planTestbed("lab", specOf({ cloud: 1, edge: 1, endpoint: 1 }, { links }));
    return shapingBatch({ rules: machines[0]?.shaping ?? {} }, "eth0");
  };
  expect(batch("20 ms")).toMatch(/^# single packets\n[^]* limit 167 /);
  expect(batch("167 packets")).toBe(batch("20 ms"));
  expect(batch()).not.toContain("# single packets");
});
