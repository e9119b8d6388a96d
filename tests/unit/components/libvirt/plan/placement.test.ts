import fc from "fast-check";
import { placeMachines, type PlacementHost } from "../../../../../components/libvirt/plan/placement.ts";
import { tierNames } from "../../../../../components/experiment/tier.ts";

type Machine = Parameters<typeof placeMachines>[0][number];

const machine = (name: string, memoryMiB = 1024, more: Partial<Machine> = {}): Machine => ({
  name,
  tier: tierNames.find((tier) => name.startsWith(tier)) ?? "cloud",
  cpus: 1,
  memoryMiB,
  ...more,
});
const host = (name: string, memoryMiB = 8192, cores = 8, holds: string[] = []): PlacementHost => ({
  ...{ name, memoryMiB, cores, holds },
});
const names = (tier: string, count: number): Machine[] =>
  Array.from({ length: count }, (_, index) => machine(`${tier}-${index}`));

test("machines go where least is full, the first of equals", () => {
  const { hostOf, problems } = placeMachines([...names("cloud", 3), ...names("edge", 1)], [host("a"), host("b")]);
  expect(hostOf).toEqual({ "cloud-0": "a", "cloud-1": "b", "cloud-2": "a", "edge-0": "b" });
  expect(problems).toEqual([]);
});

test("a host twice as large takes twice as many; what is scarcer of memory and cores counts", () => {
  const on = (hosts: PlacementHost[]) =>
    Object.values(placeMachines(names("cloud", 6), hosts).hostOf)
      .sort()
      .join("");
  expect(on([host("a", 16384), host("b", 8192, 4)])).toBe("aaaabb");
  // Memory for 14 machines, and 2 cores.
  expect(on([host("a", 16384, 2), host("b", 16384, 8)])).toBe("abbbbb");
});

test("a share of a core counts as such", () => {
  const slow = names("cloud", 5).map((one) => ({ ...one, quota: 0.25 }));
  expect(placeMachines([machine("edge-0"), ...slow], [host("a", 9e6, 2), host("b", 9e6, 2)]).hostOf).toEqual({
    ...{ "edge-0": "a", "cloud-0": "b", "cloud-1": "b", "cloud-2": "b", "cloud-3": "b", "cloud-4": "a" },
  });
});

test("`on` and where a machine is already come before room", () => {
  const machines = [machine("cloud-0"), machine("cloud-1"), machine("edge-0", 1024, { on: "b" })];
  const { hostOf } = placeMachines(machines, [host("a"), host("b", 2048, 2, ["cloud-1", "cloud-9"])]);
  expect(hostOf).toEqual({ "cloud-0": "a", "cloud-1": "b", "edge-0": "b" });
  // What it says moves a machine; nothing else does.
  const moved = placeMachines([machine("cloud-1", 1024, { on: "a" })], [host("a"), host("b", 2048, 2, ["cloud-1"])]);
  expect(moved.hostOf).toEqual({ "cloud-1": "a" });
});

test("no edit of others moves a machine that is there", () => {
  const counts = fc.record({ cloud: fc.nat(6), edge: fc.nat(6), endpoint: fc.nat(20) });
  const all = (of: Record<string, number>) => tierNames.flatMap((tier) => names(tier, of[tier] ?? 0));
  fc.assert(
    fc.property(
      counts,
      counts,
      fc.array(fc.integer({ min: 1024, max: 65536 }), { minLength: 1, maxLength: 4 }),
      (before, after, sizes) => {
        const hosts = sizes.map((size, index) => host(`h${index}`, size, 1 + (size % 7)));
        const first = placeMachines(all(before), hosts).hostOf;
        expect(placeMachines(all(before), hosts).hostOf).toEqual(first);
        const filled = hosts.map((one) => ({
          ...one,
          holds: Object.keys(first).filter((name) => first[name] === one.name),
        }));
        const second = placeMachines(all(after), filled).hostOf;
        for (const { name } of all(after)) {
          expect(hosts.map((one) => one.name)).toContain(second[name]);
          if (first[name] !== undefined) expect([name, second[name]]).toEqual([name, first[name]]);
        }
      },
    ),
  );
});

test("what does not fit names all hosts", () => {
  const machines = [...names("cloud", 3), machine("edge-0", 512, { cpus: 4, on: "b" })];
  const { problems, hostOf } = placeMachines(machines, [host("a", 2300, 2), host("b", 700, 2)]);
  expect(hostOf).toEqual({ "cloud-0": "a", "cloud-1": "a", "cloud-2": "a", "edge-0": "b" });
  expect(problems).toEqual([
    {
      severity: "error",
      path: "tiers",
      reason: "the machines don't fit on a: they need (with 90 MiB each for QEMU) a 3342 of 2300 MiB, b 602 of 700 MiB",
      fix: "use fewer or smaller machines (count, memory), another host (on), or more hosts",
    },
    {
      severity: "warning",
      path: "tiers.edge.cpus",
      reason: "edge-0 has 4 cores, more than its host b, and waits for itself (cores: a 2, b 2)",
      fix: "use fewer cores, or a larger host (on)",
    },
  ]);
});
