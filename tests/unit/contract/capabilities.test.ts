import { floorAddressOf, processorOf, reachOf } from "../../../components/contract/capabilities.ts";
import type { TestbedOutputs } from "../../../components/contract/testbed.ts";

type Provider = TestbedOutputs["provider"];

test.each<[Provider, string, string]>([
  [{ kind: "libvirt", host: "embedded", accelerator: "tcg" }, "emulated", "network"],
  [{ kind: "libvirt", host: "system", accelerator: "kvm" }, "hardware", "network"],
  // As older stacks have it, and as newer ones.
  [{ kind: "libvirt", host: "remote", accelerator: "kvm" }, "hardware", "ssh"],
  [{ kind: "libvirt", host: "remote", accelerator: "kvm", reach: "ssh" }, "hardware", "ssh"],
  [{ kind: "rented" }, "hardware", "network"],
  [{ kind: "rented", reach: "ssh" }, "hardware", "ssh"],
])("%j: processor %s, reached by %s", (provider, processor, reach) => {
  expect([processorOf({ provider }), reachOf({ provider })]).toEqual([processor, reach]);
});

test("the floor is measured to the host that a machine is on, to this one, or nowhere", () => {
  const machine = (host?: string) => ({ name: "edge-0", host }) as TestbedOutputs["machines"][number];
  const testbed = (reach: "ssh" | undefined, hostAddresses?: Record<string, string>) =>
    ({
      provider: { kind: "rented", ...(reach && { reach }) },
      network: { cidr: "10.83.0.0/16", hostAddress: "10.83.255.254", ...(hostAddresses && { hostAddresses }) },
    }) as TestbedOutputs;
  const hosts = { lab1: "10.83.255.254", lab2: "10.83.255.253" };
  expect(floorAddressOf(testbed(undefined), machine())).toBe("10.83.255.254");
  expect(floorAddressOf(testbed("ssh", hosts), machine("lab2"))).toBe("10.83.255.253");
  expect(floorAddressOf(testbed("ssh"), machine())).toBeUndefined();
});
