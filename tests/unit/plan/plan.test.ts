import fc from "fast-check";
import { planTestbed } from "../../../components/plan/whole/plan.ts";
import { cidrContains, parseAddress, parseCidr } from "../../../components/experiment/cidr.ts";
import { tierNames } from "../../../components/experiment/tier.ts";
import { specOf } from "../../support/spec.ts";

const count = fc.integer({ min: 0, max: 12 });
const counts = fc
  .record({ cloud: count, edge: count, endpoint: count })
  .filter(({ cloud, edge, endpoint }) => cloud + edge + endpoint > 0);
const network = fc.constantFrom(undefined, "10.83.0.0/16", "172.16.128.0/17", "192.168.16.0/20");
const stack = fc.stringMatching(/^[a-z][a-z0-9-]{0,60}$/);

const planOf = (name: string, machines: typeof counts extends fc.Arbitrary<infer T> ? T : never, range?: string) =>
  planTestbed(name, specOf(machines, { provider: { kind: "libvirt", network: range } }));

test("one machine more changes nothing of those that were there", () => {
  fc.assert(
    fc.property(stack, counts, network, fc.constantFrom(...tierNames), (name, machines, range, tier) => {
      fc.pre(machines[tier] > 0);
      const before = planOf(name, machines, range);
      const after = planOf(name, { ...machines, [tier]: machines[tier] + 1 }, range);
      const added = after.machines.filter((machine) => !before.machines.some((old) => old.name === machine.name));
      expect(added.map((machine) => machine.name)).toEqual([`${tier}-${machines[tier]}`]);
      for (const machine of before.machines) {
        expect(after.machines.find((one) => one.name === machine.name)).toEqual(machine);
      }
    }),
  );
});

test("the first machine of a tier adds shaping rules for that tier, and changes nothing else", () => {
  const before = planOf("lab", { cloud: 2, edge: 0, endpoint: 2 });
  const after = planOf("lab", { cloud: 2, edge: 1, endpoint: 2 });
  const without = after.machines
    .filter((machine) => machine.tier !== "edge")
    .map((machine) => ({
      ...machine,
      shaping: { cloud: machine.shaping.cloud, endpoint: machine.shaping.endpoint },
      roles: [],
    }));
  expect(without).toEqual(before.machines);
});

test("addresses are unique, inside their tier's range, and none is the host's", () => {
  fc.assert(
    fc.property(stack, counts, network, (name, machines, range) => {
      const plan = planOf(name, machines, range);
      const whole = parseCidr(plan.network.cidr)!;
      expect(new Set(plan.machines.map(({ address }) => address)).size).toBe(plan.machines.length);
      for (const { tier, address } of plan.machines) {
        const own = { base: parseAddress(address)!, prefix: 32 };
        for (const other of tierNames) {
          const cidr = plan.tierCidrs[other];
          if (cidr !== undefined) expect(cidrContains(parseCidr(cidr)!, own)).toBe(other === tier);
        }
        expect(cidrContains(whole, own)).toBe(true);
        expect(address).not.toBe(plan.network.hostAddress);
        expect(own.base).not.toBe(whole.base);
      }
      const host = { base: parseAddress(plan.network.hostAddress)!, prefix: 32 };
      expect(cidrContains(whole, host)).toBe(true);
      expect(Object.values(plan.tierCidrs).some((cidr) => cidrContains(parseCidr(cidr)!, host))).toBe(false);
    }),
  );
});

test("the same spec gives the same bytes", () => {
  fc.assert(
    fc.property(stack, counts, network, (name, machines, range) => {
      expect(JSON.stringify(planOf(name, machines, range))).toBe(JSON.stringify(planOf(name, machines, range)));
    }),
  );
});

test("keys in another order give the same bytes", () => {
  const tiers = { cloud: { cpus: 2, count: 1 }, endpoint: { count: 1 } };
  const reversed = { endpoint: { count: 1 }, cloud: { count: 1, cpus: 2 } };
  const plans = [tiers, reversed].map((one) =>
    planTestbed("lab", specOf({ cloud: 0, edge: 0, endpoint: 1 }, { tiers: one })),
  );
  expect(JSON.stringify(plans[0])).toBe(JSON.stringify(plans[1]));
});

test("a machine has as many shaping rules among 1000 machines as among 10", () => {
  const rules = (machines: { cloud: number; edge: number; endpoint: number }) =>
    planOf("lab", machines).machines.map(({ shaping }) => Object.keys(shaping).length);
  expect(new Set(rules({ cloud: 3, edge: 3, endpoint: 4 }))).toEqual(new Set([3]));
  expect(new Set(rules({ cloud: 300, edge: 300, endpoint: 400 }))).toEqual(new Set([3]));
});

test("the time of planning grows with the machines, not with their square", () => {
  // Of this process's own time on a processor: others may have theirs meanwhile.
  const planningUs = (machines: { cloud: number; edge: number; endpoint: number }): number => {
    const spec = specOf(machines);
    const plan = () => planTestbed("lab", spec);
    Array.from({ length: 5 }, plan);
    const before = process.cpuUsage();
    Array.from({ length: 20 }, plan);
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  const some = planningUs({ cloud: 50, edge: 50, endpoint: 100 });
  // Eight times as many: as much again for luck. By the square it would be 64 times.
  expect(planningUs({ cloud: 400, edge: 400, endpoint: 800 }) / some).toBeLessThan(24);
});

test("a tier as large as its range", () => {
  const { machines } = planOf("lab", { cloud: 0, edge: 0, endpoint: 1023 }, "192.168.16.0/20");
  expect(machines[0]?.address).toBe("192.168.24.1");
  expect(machines[1022]?.address).toBe("192.168.27.255");
});

test("the worker at the edge is where the broker is", () => {
  const spec = specOf(
    { cloud: 0, edge: 2, endpoint: 1 },
    { benchmark: { workload: "image-classification", worker: "edge" } },
  );
  const roles = Object.fromEntries(planTestbed("lab", spec).machines.map(({ name, roles: all }) => [name, all]));
  const {
    network: { cidr },
  } = planTestbed("lab", spec);
  const broker = cidr.replace("0.0/16", "64.1");
  const workload = (role: string) => ({
    role: "workload",
    variables: { workload_role: role, workload_broker_host: broker, workload_broker_port: 1883 },
  });
  const edge = [{ role: "base", variables: {} }, { role: "mqtt", variables: {} }, workload("worker")];
  expect(roles).toEqual({
    "edge-0": edge,
    "edge-1": edge,
    "endpoint-0": [{ role: "base", variables: {} }, workload("publisher")],
  });
});

test("infrastructure alone", () => {
  const plan = planTestbed(
    "lab",
    specOf({ cloud: 1, edge: 0, endpoint: 0 }, { links: undefined, software: undefined }),
  );
  expect(plan.links).toEqual([]);
  expect(plan.imageSoftware).toEqual([]);
  expect(plan.software).toEqual([]);
  expect(plan).not.toHaveProperty("benchmark");
  expect(plan.machines[0]).toMatchObject({ shaping: {}, roles: [] });
});
