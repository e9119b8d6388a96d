import fc from "fast-check";
import { machineMac } from "../../../../../components/libvirt/plan/mac.ts";
import { resourceNames } from "../../../../../components/libvirt/plan/naming.ts";

test("names carry the stack and the machine", () => {
  const names = resourceNames("lab");
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

test("a hardware address is locally administered, unicast, and holds the address", () => {
  expect(machineMac("10.83.128.1")).toBe("02:00:0a:53:80:01");
});
