import fc from "fast-check";
import { defaultNetwork, machineMac, planNetwork } from "../../../components/plan/addressing.ts";
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
