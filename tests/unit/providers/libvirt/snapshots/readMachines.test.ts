import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { draft } from "../../../../../providers/libvirt/saved/store.ts";
import { readMachines } from "../../../../../providers/libvirt/snapshots/restore.ts";
import type { StateMachine } from "../../../../../providers/libvirt/snapshots/target.ts";
import { MachineHost } from "../../../../support/machineHost.ts";

const fingerprint = { qemu: "7.2.22", libvirt: "9.0.0", processor: "emulated", shape: "0123456789abcdef" };

let host: MachineHost;
let machines: StateMachine[];
beforeEach(async () => {
  host = new MachineHost();
  machines = [await host.add("a"), await host.add("b")];
});
afterEach(() => {
  host.remove();
});

const directory = (name: string): string => join(host.root, "kept", name);
async function keep(name: string): Promise<void> {
  const { write, keep: finish } = await draft(directory(name));
  write("memory", Buffer.from("memory"));
  write("disk.qcow2", Buffer.from("disk"));
  await finish({ fingerprint, cookie: "" });
}
const read = () => readMachines(host.context, machines, directory);

test("what was kept of each is read", async () => {
  await keep("a");
  await keep("b");
  const { kept, reasons } = await read();
  expect(reasons).toEqual([]);
  expect(kept).toMatchObject([
    { machine: { name: "a" }, saved: { directory: directory("a"), fingerprint } },
    { machine: { name: "b" }, saved: { directory: directory("b") } },
  ]);
});

test("all that can't be used is said at once", async () => {
  await keep("b");
  writeFileSync(join(directory("b"), "disk.qcow2"), "kisd");
  expect((await read()).reasons).toEqual([
    "nothing was kept of machine a",
    "machine b: disk.qcow2 is not what was saved (its SHA-256)",
  ]);
});

test("memory of another QEMU is of no use; the host's processor counts under KVM alone", async () => {
  await keep("a");
  await keep("b");
  host.qemu = 8_000_001;
  machines[1] = { ...machines[1]!, type: "kvm" };
  expect((await read()).reasons).toEqual([
    "machine a: qemu was 7.2.22, is 8.0.1",
    expect.stringMatching(/^machine b: qemu was 7\.2\.22, is 8\.0\.1, processor was emulated, is unknown /),
  ]);
});
