import { StackMachines } from "../../../../../providers/libvirt/snapshots/testbed.ts";

const urn = (type: string, name: string): string => `urn:pulumi:lab::strata::${type}::${name}`;
const providerType = "pulumi:providers:libvirt";
const machineType = "libvirt:index/domain:Domain";

const provider = (name: string, uri?: string) => ({
  ...{ urn: urn(providerType, name), type: providerType, id: "1", outputs: {} },
  inputs: uri === undefined ? {} : { uri },
});
const machine = (name: string, on = "libvirt", memory?: number) => ({
  ...{ urn: urn(machineType, name), type: machineType, id: "u-u-i-d", provider: `${urn(providerType, on)}::1` },
  ...{ inputs: { name: `lab-${name}`, ...(memory === undefined ? {} : { memory }) }, outputs: { type: "qemu" } },
});
const here = "qemu:///system";
type Resources = ConstructorParameters<typeof StackMachines>[0];
const open = (...resources: Resources): StackMachines => new StackMachines(resources, new AbortController().signal);

test("a stack's machines on one daemon of this host, and what they may take there", () => {
  const stack = open(
    provider("unused", "qemu+ssh://lab1/system"),
    provider("libvirt", here),
    machine("cloud-0"),
    machine("edge-0", "libvirt", 1024),
  );
  expect(stack.machines).toEqual(["cloud-0", "edge-0"]);
  // The default is 512 MiB; each with 128 MiB beside.
  expect(stack.mostBytes).toBe((512 + 128 + 1024 + 128) * 2 ** 20);
  expect(stack.holdProgram).toMatch(/^"""Holds a machine still/);
  stack.close();
});

const several = "its machines are on several libvirt hosts, or on one that the state does not name";
test.each<[string, string, Resources]>([
  ["no machines", "the stack has no machines", [provider("libvirt", here)]],
  [
    "several daemons",
    several,
    [provider("a", here), provider("b", "qemu:///session"), machine("cloud-0", "a"), machine("edge-0", "b")],
  ],
  ["an unknown daemon", several, [machine("cloud-0")]],
  ["a daemon without a URI", several, [provider("libvirt"), machine("cloud-0")]],
  [
    "another host",
    "its machines are on another host, qemu+ssh://lab1/system",
    [provider("libvirt", "qemu+ssh://lab1/system"), machine("cloud-0")],
  ],
])("%s: they can't be saved", (_what, message, resources) => {
  expect(() => open(...resources)).toThrow(message);
});

test("machines and what is none of libvirt's are not made again with what machines need", async () => {
  const stack = open(provider("libvirt", here), machine("cloud-0"));
  await stack.recreate(machine("cloud-0"));
  await stack.recreate({ urn: "u", type: "strata:net:Shaping", id: "1", inputs: {}, outputs: {} });
});

test("what has not been read is not brought back", () => {
  const stack = open(provider("libvirt", here), machine("cloud-0"));
  expect(() => stack.restore()).toThrow("what was kept has not been read");
});
