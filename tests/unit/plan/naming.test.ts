import fc from "fast-check";
import { defaultNetwork, machineMac, planNetwork } from "../../../components/plan/addressing.ts";
import { planTestbed } from "../../../components/plan/plan.ts";
import { specOf } from "../../support/spec.ts";
import { machineName, resourceNames } from "../../../components/plan/naming.ts";

test("names carry the stack and the machine", () => {
  const names = resourceNames("lab");
  expect(machineName("endpoint", 7)).toBe("endpoint-7");
  expect([names.pool, names.network, names.bridge]).toEqual(["strata-lab", "strata-lab", "strataa51146d3"]);
  expect(names.machine("cloud-0")).toEqual({
    domain: "lab-cloud-0",
    disk: "lab-cloud-0.qcow2",
    seed: "lab-cloud-0-seed.iso",
  });
});

test("names of a stack with a place carry that too", () => {
  const names = resourceNames("lab", "1f2e3d4c");
  expect([names.pool, names.network, names.directory]).toEqual([
    "strata-lab@1f2e3d4c",
    "strata-lab@1f2e3d4c",
    "lab@1f2e3d4c",
  ]);
  expect(names.machine("cloud-0")).toEqual({
    domain: "lab-cloud-0@1f2e3d4c",
    disk: "lab-cloud-0@1f2e3d4c.qcow2",
    seed: "lab-cloud-0@1f2e3d4c-seed.iso",
  });
});

/** Every name that a stack has on a host. */
const allNames = (stack: string, place: string): string[] => {
  const { pool, network, directory, bridge, overlay, machine } = resourceNames(stack, place);
  const all = { pool, network, directory, bridge, device: overlay.device, vni: overlay.vni, ...machine("cloud-0") };
  // Pools and networks of one name don't meet.
  return Object.entries(all).map(([kind, name]) => `${kind} ${name}`);
};

test("two places never share a name, nor do two stacks of one place", () => {
  const stack = fc.oneof(
    fc.stringMatching(/^[a-zA-Z0-9_.-]{1,100}$/),
    fc.constantFrom("lab", "lab-cloud-0", "lab-1f2e3d4c"),
  );
  const place = fc.oneof(fc.stringMatching(/^[0-9a-f]{8}$/), fc.constantFrom("", "1f2e3d4c"));
  const own = fc.tuple(stack, place);
  fc.assert(
    fc.property(fc.uniqueArray(own, { minLength: 2, maxLength: 8, selector: (pair) => pair.join("@") }), (owners) => {
      const names = owners.flatMap((owner) => allNames(...owner));
      expect(new Set(names).size).toBe(names.length);
      for (const [name, where] of owners) {
        const { bridge, overlay, machine } = resourceNames(name, where);
        expect([bridge.length, overlay.device.length].every((length) => length <= 15)).toBe(true);
        // The console's file is named after the machine, and a file's name has at most 255 bytes.
        expect(`${machine("endpoint-9999").domain}-console.log.0`.length).toBeLessThanOrEqual(255);
      }
    }),
  );
});

test("the default network and the plan are the place's, and without one as they were", () => {
  const spec = specOf({ cloud: 1, edge: 0, endpoint: 1 });
  const plans = ["", "1f2e3d4c", "1f2e3d4d"].map((place) => planTestbed("lab", spec, place));
  expect(plans.map(({ place, network }) => [place, network.cidr, network.bridge])).toEqual([
    [undefined, "10.83.0.0/16", "strataa51146d3"],
    ["1f2e3d4c", "10.113.0.0/16", "strata6ec7b431"],
    ["1f2e3d4d", "10.70.0.0/16", "strata7dd3a246"],
  ]);
  expect(JSON.stringify(planTestbed("lab", spec, "1f2e3d4c"))).toBe(JSON.stringify(plans[1]));
});

test("a bridge's name fits the kernel's 15 characters, and stacks have different ones", () => {
  const names = fc.uniqueArray(fc.stringMatching(/^[a-zA-Z0-9_.-]{1,100}$/), { minLength: 2, maxLength: 50 });
  fc.assert(
    fc.property(names, (stacks) => {
      const bridges = stacks.map((stack) => resourceNames(stack).bridge);
      for (const bridge of bridges) expect(bridge).toMatch(/^strata[0-9a-f]{8}$/);
      expect(new Set(bridges).size).toBe(stacks.length);
    }),
  );
});

test("the default network is one of 64, by the stack's name", () => {
  expect(planNetwork("quickstart")).toEqual({
    cidr: "10.100.0.0/16",
    prefixLength: 16,
    hostAddress: "10.100.255.254",
    bridge: "strataed4f0b24",
  });
  const second = Array.from({ length: 1000 }, (_, i) => Number(defaultNetwork(`stack-${i}`).split(".")[1]));
  expect([Math.min(...second), Math.max(...second), new Set(second).size]).toEqual([64, 127, 64]);
});

test("a hardware address is locally administered, unicast, and holds the address", () => {
  expect(machineMac("10.83.128.1")).toBe("02:00:0a:53:80:01");
});
