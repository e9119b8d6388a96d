import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defaultCpuMode, defaultMachine } from "../../../../providers/libvirt/resources/architecture.ts";
import { asKept } from "../../../../providers/libvirt/xml/document.ts";
import { domainXml, type DomainDefinition } from "../../../../providers/libvirt/xml/domain.ts";
import { networkXml, readNetwork, type NetworkDefinition } from "../../../../providers/libvirt/xml/network.ts";
import { readDomain } from "../../../../providers/libvirt/xml/readDomain.ts";
import { poolXml, readPool, readVolume, volumeXml } from "../../../../providers/libvirt/xml/storage.ts";

const golden = (name: string): string =>
  readFileSync(join(import.meta.dirname, "../../../golden/libvirt", name), "utf8").trimEnd();
const owner = { urn: "urn:pulumi:lab::strata::libvirt:index/domain:Domain::cloud-0", state: "0123456789ab" };

const machine: DomainDefinition = {
  type: "qemu",
  name: "lab-cloud-0",
  uuid: "01234567-89ab-cdef-0123-456789abcdef",
  owner,
  description: "a <machine> & more",
  memoryMiB: 1024,
  maximumMemoryMiB: 2048,
  balloon: true,
  vcpus: 2,
  maximumVcpus: 4,
  cpuPinning: ["0", "0-1,3"],
  cpuQuota: 0.5,
  cpuMode: "maximum",
  arch: "x86_64",
  machine: "q35",
  kernel: "/pool/vmlinuz",
  initrd: "/pool/initramfs.img",
  cmdline: "root=/dev/vda rw console=ttyS0",
  disks: [
    {
      path: "/pool/disk",
      format: "qcow2",
      device: "disk",
      readBytesPerSecond: 2_000_000,
      writeBytesPerSecond: 1_000_000,
    },
    {
      path: "/pool/seed",
      format: "raw",
      device: "disk",
      readBytesPerSecond: undefined,
      writeBytesPerSecond: undefined,
    },
  ],
  interfaces: [{ source: { network: "lab" }, mac: "52:54:00:0a:40:01", linkUp: true }],
  consoles: [{ targetType: "serial", port: 0, logFile: "/run/console.log" }],
};

test("a machine with everything", () => {
  expect(domainXml(machine)).toBe(golden("domain.xml"));
});

test("what lets a copy be told that it is one: a port, and a generation id that libvirt draws", () => {
  const xml = domainXml({ ...machine, channels: ["org.example.port"], generationId: true });
  expect(xml).toMatch(/<genid\/>/);
  expect(xml).toMatch(/<channel type="unix">\s*<target type="virtio" name="org.example.port"\/>\s*<\/channel>/);
  expect(domainXml(machine)).not.toMatch(/genid|channel/);
});

test("zeros that a machine writes take no room where that is asked for", () => {
  const disks = machine.disks.map((disk, index) => ({ ...disk, detectsZeroes: index === 0 }));
  expect(domainXml({ ...machine, disks }).match(/detect_zeroes="on"/g)).toHaveLength(1);
  const volume = { name: "a", format: "qcow2" as const, capacity: 1 };
  expect(volumeXml({ ...volume, knowsZeroes: true })).toMatch(/<compat>1\.1<\/compat>/);
  expect(volumeXml(volume)).not.toMatch(/compat/);
});

test("a machine with as little as possible boots from its disk", () => {
  const small: DomainDefinition = {
    ...{
      type: "kvm",
      name: "m",
      memoryMiB: 512,
      maximumMemoryMiB: 512,
      balloon: false,
      vcpus: 1,
      maximumVcpus: 1,
      arch: "x86_64",
      machine: "q35",
    },
    disks: [{ path: "/pool/m", format: "raw", device: "disk" }],
    interfaces: [{ source: { bridge: "br0" }, mac: "52:54:00:00:00:01", linkUp: true }],
    consoles: [],
  };
  expect(domainXml(small)).toBe(golden("domain-small.xml"));
});

test("what is written is read back", () => {
  const { consoles, balloon, ...rest } = machine;
  expect(balloon).toBe(true);
  const read = { emulator: "", consoleLog: consoles[0]?.logFile, diskTargets: ["vda", "vdb"], unmanaged: [] };
  expect(readDomain(domainXml(machine))).toEqual({ ...rest, ...read });
});

test("a machine is told the MTU of its network", () => {
  const interfaces = machine.interfaces.map((entry) => ({ ...entry, mtu: 1450 }));
  const xml = domainXml({ ...machine, interfaces });
  expect(xml).toContain('<mtu size="1450"/>');
  expect(readDomain(xml).interfaces).toEqual(interfaces);
});

test("a running machine as libvirt describes it", () => {
  expect(readDomain(golden("domain-running.xml"))).toEqual({
    uuid: "de652072-178a-449f-85ee-9ee4218d9727",
    name: "m-0",
    type: "qemu",
    owner: { urn: "urn:pulumi:test::lab::libvirt:index/domain:Domain::m-0", state: "8b8c464c749d" },
    description: undefined,
    memoryMiB: 256,
    maximumMemoryMiB: 256,
    vcpus: 1,
    maximumVcpus: 1,
    cpuPinning: [],
    cpuQuota: 0.5,
    cpuMode: "maximum",
    arch: "x86_64",
    machine: "pc-q35-7.2",
    emulator: "/usr/bin/qemu-system-x86_64",
    kernel: undefined,
    initrd: undefined,
    cmdline: undefined,
    disks: [
      {
        path: "/pool/disk-0",
        format: "qcow2",
        device: "disk",
        readBytesPerSecond: 1_000_000,
        writeBytesPerSecond: undefined,
      },
    ],
    diskTargets: ["vda"],
    interfaces: [{ source: { network: "net" }, mac: "52:54:00:00:00:00", linkUp: true }],
    unmanaged: [],
    consoleLog: "/log/console-0.log",
  });
});

test("a running machine in a network of mode bridge is in the network", () => {
  const xml = (source: string): string =>
    `<domain><devices><interface type='bridge'><mac address='52:54:00:00:00:01'/>${source}</interface></devices></domain>`;
  expect(readDomain(xml("<source network='lan' portid='1' bridge='br0'/>")).interfaces).toEqual([
    { source: { network: "lan" }, mac: "52:54:00:00:00:01", linkUp: true },
  ]);
  expect(readDomain(xml("<source bridge='br0'/>")).interfaces).toEqual([
    { source: { bridge: "br0" }, mac: "52:54:00:00:00:01", linkUp: true },
  ]);
});

test("texts are read as they are written: blanks, line breaks, characters of all kinds", () => {
  const text = "  two lines\n\twith <&\"'> and küche 😀\n";
  const urn = `urn:pulumi:lab::strata::libvirt:index/domain:Domain::küche 😀\n"&#xFC;`;
  const written = { ...machine, description: text, cmdline: " a  b ", owner: { urn, state: "0" } };
  expect(readDomain(domainXml(written))).toMatchObject({ description: text, cmdline: " a  b ", owner: { urn } });
  // As libvirt writes what is in <metadata>.
  const kept = `<domain><metadata><p:resource xmlns:p="urn:pulumi:libvirt" urn="k&#xFC;che &#x1F600; &amp;#xFC;"/></metadata></domain>`;
  expect(readDomain(kept).owner?.urn).toBe("küche 😀 &#xFC;");
});

test("libvirt keeps no control characters, and ends lines in one way", () => {
  expect(asKept("a\r\nb\rc\u0007\t\n")).toBe("a\nb\nc\t\n");
});

test("a machine of ARM's has no features of x86, and starts its disk by UEFI", () => {
  const arm: DomainDefinition = { ...machine, arch: "aarch64", machine: "virt" };
  expect(domainXml(arm)).toContain('<os>\n    <type arch="aarch64" machine="virt">hvm</type>\n    <kernel>');
  expect(domainXml(arm)).not.toMatch(/acpi|apic|features|q35/);
  const disk = domainXml({ ...arm, kernel: undefined, initrd: undefined, cmdline: undefined });
  expect(disk).toContain(
    '<os firmware="efi">\n    <type arch="aarch64" machine="virt">hvm</type>\n    <boot dev="hd"/>',
  );
  expect(disk).toContain("<features>\n    <acpi/>\n  </features>");
  expect([defaultMachine("aarch64"), defaultMachine("x86_64"), defaultMachine("loongarch64")]).toEqual([
    ...["virt", "q35"],
    undefined,
  ]);
  expect(["kvm", "qemu"].map((type) => defaultCpuMode("aarch64", type))).toEqual(["host-passthrough", "maximum"]);
  expect(defaultCpuMode("x86_64", "qemu")).toBe(undefined);
});

test("what virt-manager makes besides is told apart", () => {
  const facts = readDomain(golden("domain-virt-manager.xml"));
  expect(facts.disks).toEqual([{ path: "/srv/images/web.qcow2", format: "qcow2", device: "disk" }]);
  expect(facts.diskTargets).toEqual(["vda"]);
  expect(facts.interfaces).toEqual([{ source: { network: "default" }, mac: "52:54:00:11:22:33", linkUp: true }]);
  expect(facts.unmanaged).toEqual([
    ...["disk vdb (network)", "disk vdc (volume)"],
    ...["interface 52:54:00:11:22:34 (user)", "interface 52:54:00:11:22:35 (direct)"],
  ]);
});

test("of a network with both kinds of addresses IPv4 is read", () => {
  const xml = `<network><name>n</name><ip family='ipv6' address='fd00::1' prefix='64'/>
    <ip address='192.168.122.1' netmask='255.255.255.0'/></network>`;
  expect(readNetwork(xml).addresses).toEqual([{ address: "192.168.122.1", prefix: 24, range: undefined }]);
});

const isolated: NetworkDefinition = {
  ...{ name: "lab", owner, mode: "none", bridge: "br-lab", mtu: 1450, domain: undefined, dns: false },
  addresses: [{ address: "10.83.255.254", prefix: 16, range: undefined }],
};
const nat: NetworkDefinition = {
  ...{ name: "out", owner: undefined, mode: "nat", bridge: "br-out", mtu: undefined, domain: "lab.test", dns: true },
  addresses: [{ address: "10.17.3.1", prefix: 24, range: { start: "10.17.3.2", end: "10.17.3.254" } }],
};

test.each([
  ["network-none.xml", isolated],
  ["network-nat.xml", nat],
])("%s, written and read back", (file, definition) => {
  expect(networkXml(definition)).toBe(golden(file));
  expect(readNetwork(networkXml(definition))).toEqual({ ...definition, uuid: "" });
});

test("a network on a bridge of the host's", () => {
  const bridged: NetworkDefinition = { name: "lan", mode: "bridge", bridge: "br0", dns: false, addresses: [] };
  expect(networkXml(bridged)).toBe(
    '<network>\n  <name>lan</name>\n  <forward mode="bridge"/>\n  <bridge name="br0"/>\n</network>',
  );
});

test("a netmask is read as a prefix", () => {
  const xml = "<network><name>n</name><ip address='10.0.0.1' netmask='255.255.240.0'/></network>";
  expect(readNetwork(xml).addresses).toEqual([{ address: "10.0.0.1", prefix: 20, range: undefined }]);
});

test("pools and volumes", () => {
  const uuid = "1b4e28ba-2fa1-81d2-a83f-b9a761bde3fb";
  expect(poolXml({ name: "p", uuid, path: "/pool" })).toBe(
    `<pool type="dir">\n  <name>p</name>\n  <uuid>${uuid}</uuid>\n  <target>\n    <path>/pool</path>\n  </target>\n</pool>`,
  );
  const overlay = { name: "v", format: "qcow2", capacity: 64, backing: { path: "/pool/b", format: "raw" } } as const;
  expect(volumeXml(overlay)).toBe(golden("volume-overlay.xml"));
  expect(readVolume(volumeXml(overlay))).toMatchObject({ format: "qcow2", capacity: 64, backingPath: "/pool/b" });
  const pool =
    "<pool type='dir'><name>p</name><capacity unit='KiB'>2</capacity><target><path>/x</path></target></pool>";
  expect(readPool(pool)).toMatchObject({ type: "dir", name: "p", path: "/x", capacity: 2048, available: 0 });
});

test("XML of something else is refused", () => {
  expect(() => readDomain("<network/>")).toThrow("libvirt sent XML without a <domain>: <network/>");
});

test("who made a machine, from where, and until when it may be kept", () => {
  const whole = { ...owner, user: "adä", directory: '/home/a"b/.strata' };
  const lease = { seconds: 28800, expires: "2026-12-01T06:00:00.000Z" };
  expect(readDomain(domainXml({ ...machine, owner: whole, lease }))).toMatchObject({ owner: whole, lease });
  expect(readDomain(domainXml(machine))).toMatchObject({ owner, lease: undefined });
});

test.each(["", "seconds='0' expires='2026-12-01T06:00:00Z'", "seconds='60' expires='soon'", "seconds='60'"])(
  "what others write in a lease's place is none: %s",
  (attributes) => {
    const metadata = `<metadata><l:lease xmlns:l='urn:pulumi:libvirt:lease' ${attributes}/></metadata>`;
    expect(readDomain(`<domain><name>m</name>${metadata}</domain>`).lease).toBeUndefined();
  },
);
