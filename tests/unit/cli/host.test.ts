import { ownNames } from "../../../providers/strata/host/ownNames.ts";
import { downRefusal, machinesByStack, reportText, type HostReport } from "../../../cli/host.ts";

const machine = (name: string, memoryMiB = 300) => ({ name, running: memoryMiB > 0, memoryMiB });
const host = {
  ...{ state: "running" as const, pid: 42, uri: "qemu+unix:///system?socket=/run/x", socket: "/run/x" },
  ...{ namespace: "strata-7ac138", bridges: ["strata1234abcd"], memoryMiB: 345 },
};
const report = (machines: ReturnType<typeof machine>[], stacks: string[]): HostReport => ({
  ...host,
  ...machinesByStack(machines, stacks),
});

test("a machine belongs to the stack whose name and one of a machine make up its own", () => {
  const machines = [machine("lab-cloud-0"), machine("lab-cloud-cloud-0"), machine("vm")];
  expect(machinesByStack(machines, ["lab", "lab-cloud", "other"])).toEqual({
    stacks: [
      { name: "lab", machines: [machines[0]] },
      { name: "lab-cloud", machines: [machines[1]] },
      { name: "other", machines: [] },
    ],
    others: [machines[2]],
  });
});

test("a machine of another place is of no stack, whatever its name", () => {
  const machines = [machine("lab-cloud-0"), machine("lab-cloud-0@1f2e3d4c"), machine("lab-edge-0@00000000")];
  expect(machinesByStack(machines, ["lab"], (stack) => ownNames(stack, "1f2e3d4c"))).toEqual({
    stacks: [{ name: "lab", machines: [machines[1]] }],
    others: [machines[0], machines[2]],
  });
});

test("down is refused while a stack uses the host, with its machines and the fix", () => {
  expect(downRefusal(report([], []))).toBeUndefined();
  const refusal = downRefusal(report([machine("lab-cloud-0"), machine("lab-edge-0", 0), machine("vm", 0)], ["lab"]));
  expect(refusal?.split("\n")).toEqual([
    "stack lab uses the embedded host (lab-cloud-0, lab-edge-0); remove it first: strata destroy lab",
    "machine vm belongs to the embedded host, and no stack of this checkout has made it",
    "or switch all of it off and delete the disks: strata host down --force",
  ]);
});

test("down is refused for whatever no stack has made, and status shows it", () => {
  const foreign = [{ kind: "network" as const, name: "lan" }];
  expect(downRefusal({ ...report([], []), foreign })?.split("\n")).toEqual([
    "network lan is on the embedded host, and no stack of this checkout has made it",
    "or switch all of it off and delete the disks: strata host down --force",
  ]);
  expect(reportText({ ...report([machine("vm", 0)], []), foreign })).toMatch(/^of no stack +vm \(off\), network lan$/m);
});

test("status is a table", () => {
  expect(reportText(report([machine("lab-cloud-0"), machine("lab-edge-0", 0)], ["lab", "new"]))).toBe(
    `embedded host  running
libvirtd       process 42, socket /run/x
namespace      strata-7ac138, bridges strata1234abcd
memory         345 MiB in use
by hand        virsh -c "qemu+unix:///system?socket=/run/x" list --all
stack lab      lab-cloud-0 (300 MiB), lab-edge-0 (off)
stack new      no machines
`,
  );
  expect(reportText({ ...report([], []), state: "absent" })).toBe(
    "embedded host  not there; the first testbed starts it\n",
  );
});
