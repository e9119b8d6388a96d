import type { Libvirt } from "../../../../../providers/libvirt/rpc/libvirt.ts";
import { versions } from "../../../../../providers/libvirt/rpc/memoryProcedures.ts";
import { differences, fingerprintOf } from "../../../../../providers/libvirt/saved/fingerprint.ts";
import type { DomainDefinition } from "../../../../../providers/libvirt/xml/domain.ts";

const machine: DomainDefinition = {
  ...{ type: "qemu", name: "cloud-0", memoryMiB: 512, maximumMemoryMiB: 512, vcpus: 1, maximumVcpus: 1 },
  ...{ balloon: false, arch: "x86_64", machine: "q35", cmdline: "root=/dev/vda" },
  disks: [{ path: "/pool/a", format: "qcow2", device: "disk" }],
  interfaces: [{ source: { network: "lab" }, mac: "52:54:00:00:00:01", linkUp: true }],
  consoles: [{ targetType: "serial", port: 0 }],
};
const disk = { capacity: 8 * 2 ** 30, base: "image-1" };

/** A daemon with this QEMU on a host with these features of its processor. */
function daemon(qemu: number, features: readonly string[]): Libvirt {
  const cpu = features.map((name) => `<feature name="${name}"/>`).join("");
  const xml = `<capabilities><host><cpu><model>EPYC</model>${cpu}</cpu></host></capabilities>`;
  const call = (procedure: unknown): Promise<object> =>
    Promise.resolve(procedure === versions.hypervisor ? { version: qemu } : { xml });
  return { version: "9.0.0", call } as unknown as Libvirt;
}
const usual = daemon(7_002_022, ["svm", "avx2"]);

test("what is the same but for name, addresses and disks' paths is the same", async () => {
  const found = await fingerprintOf(usual, machine, disk);
  expect(found).toMatchObject({ qemu: "7.2.22", libvirt: "9.0.0", processor: "emulated" });
  const copy = { ...machine, name: "cloud-1", disks: [{ ...machine.disks[0]!, path: "/pool/b" }] };
  const address = [{ ...machine.interfaces[0]!, mac: "52:54:00:00:00:02" }];
  expect(differences(found, await fingerprintOf(usual, { ...copy, interfaces: address }, disk))).toEqual([]);
});

test.each<[string, Partial<DomainDefinition>, Partial<typeof disk>]>([
  ["memory", { maximumMemoryMiB: 1024 }, {}],
  ["processors", { vcpus: 2, maximumVcpus: 2 }, {}],
  ["command line", { cmdline: "root=/dev/vda quiet" }, {}],
  ["network's MTU", { interfaces: [{ ...machine.interfaces[0]!, mtu: 1450 }] }, {}],
  ["disk", {}, { capacity: 1 }],
  ["image", {}, { base: "image-2" }],
])("another %s is another shape", async (_what, other, otherDisk) => {
  const found = await fingerprintOf(usual, machine, disk);
  const now = await fingerprintOf(usual, { ...machine, ...other }, { ...disk, ...otherDisk });
  expect(differences(found, now)).toEqual([expect.stringMatching(/^shape was [0-9a-f]{16}, is [0-9a-f]{16}$/)]);
});

test("another QEMU is named; the host's processor counts under KVM alone, by its features in any order", async () => {
  const newer = daemon(8_000_000, ["svm"]);
  const said = async (a: Libvirt, b: Libvirt, type: string): Promise<string[]> =>
    differences(await fingerprintOf(a, { ...machine, type }, disk), await fingerprintOf(b, { ...machine, type }, disk));
  expect(await said(usual, newer, "qemu")).toEqual(["qemu was 7.2.22, is 8.0.0"]);
  expect(await said(usual, daemon(7_002_022, ["svm"]), "kvm")).toEqual([
    expect.stringMatching(/^processor was EPYC \(2 features, .*\), is EPYC \(1 features, .*\)$/),
  ]);
  expect(await said(usual, daemon(7_002_022, ["avx2", "svm"]), "kvm")).toEqual([]);
});
