import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { check, diff, type ServedResource } from "../../../../providers/kit/crud.ts";
import { unknownValue, type Properties } from "../../../../providers/kit/values.ts";
import { networkAddress, parseCidr } from "../../../../providers/libvirt/resources/addresses.ts";
import { cloudInitDisk } from "../../../../providers/libvirt/resources/cloudInitDisk.ts";
import { domain } from "../../../../providers/libvirt/resources/domain.ts";
import { cpuMap, formatCpuSet, parseCpuSet } from "../../../../providers/libvirt/resources/cpuSet.ts";
import { effectsOf } from "../../../../providers/libvirt/resources/domainChange.ts";
import { commandLine, derivedMac } from "../../../../providers/libvirt/resources/domainDefinition.ts";
import { network } from "../../../../providers/libvirt/resources/network.ts";
import { pool } from "../../../../providers/libvirt/resources/pool.ts";
import { inspectSource } from "../../../../providers/libvirt/resources/source.ts";
import { volume } from "../../../../providers/libvirt/resources/volume.ts";
import type { Libvirt } from "../../../../providers/libvirt/rpc/libvirt.ts";
import { parseUri } from "../../../../providers/libvirt/rpc/uri.ts";

type Resource = ServedResource<Libvirt>;
const operation = { urn: "urn:x", name: "x", signal: new AbortController().signal, log: () => undefined };
const reasons = (definition: Resource, inputs: Properties): string[] =>
  check(definition, inputs, operation).failures.map(({ reason }) => reason);

test("names come from the resource, pools are called default", () => {
  expect(check(volume, { size: 1 }, operation).inputs).toEqual({ name: "x", pool: "default", size: 1 });
  expect(check(domain, {}, operation).inputs).toEqual({ name: "x" });
});

test.each<[string, Resource, Properties, string[]]>([
  [
    "an overlay of a source",
    volume,
    { source: "/a", baseVolumeId: "/b" },
    ["source: a volume has either a source or a base volume"],
  ],
  ["a source with a size", volume, { source: "/a", size: 1 }, ["size: the size is that of the source; leave it out"]],
  ["a source elsewhere", volume, { source: "http://x/a" }, ["source: write an absolute path or a file:// URL"]],
  [
    "a checksum of no source",
    volume,
    { size: 1, sourceSha256: "a".repeat(64), sourceModifiedMs: 1 },
    ["sourceSha256: says what source has in it, which is missing"],
  ],
  [
    "a checksum without its time",
    volume,
    { source: "/a", sourceSha256: "a".repeat(64) },
    ["sourceModifiedMs: belongs to sourceSha256: give both or none"],
  ],
  ["an empty volume without a size", volume, {}, ["size: an empty volume needs a size in bytes"]],
  [
    "a raw overlay",
    volume,
    { baseVolumeName: "b", format: "raw" },
    ["format: an overlay of a base volume has the format qcow2"],
  ],
  [
    "upstream's XSLT",
    volume,
    { size: 1, xml: { xslt: "" } },
    [expect.stringMatching(/^xml: libvirt's XML is not rewritten by XSLT here/)],
  ],
  [
    "a logical pool",
    pool,
    { type: "logical", target: { path: "/a" } },
    ['type: only directories are supported; write "dir"'],
  ],
  ["a relative pool", pool, { type: "dir", target: { path: "a" } }, ["target.path: write an absolute path"]],
  [
    "a range that is none",
    network,
    { addresses: ["10.0.0.0/33"] },
    ['addresses[0]: write an IPv4 range such as "10.17.3.0/24"'],
  ],
  [
    "a host outside its range",
    network,
    { addresses: ["10.0.0.0/24"], hostAddresses: ["10.0.1.1"] },
    ["hostAddresses: 10.0.1.1 is not a usable address of 10.0.0.0/24"],
  ],
  [
    "DHCP on a foreign bridge",
    network,
    { mode: "bridge", bridge: "br0", dhcp: { enabled: true } },
    ["dhcp: has no meaning in mode bridge, where the bridge is not libvirt's"],
  ],
  [
    "graphics",
    domain,
    { graphics: { type: "vnc" } },
    ["graphics: machines have no screen; use the serial console (`virsh console`) or ssh"],
  ],
  [
    "a disk by URL",
    domain,
    { disks: [{ volumeId: "/v", url: "http://x" }] },
    ["disks[0].url: disks come from volumes; download the image and make a Volume with it as source"],
  ],
  [
    "what nobody knows",
    domain,
    { colour: "red" },
    ["colour is not supported by libvirt:index/domain:Domain; remove it"],
  ],
  [
    "more than the maximum",
    domain,
    { memory: 1024, memoryMaximum: 512, vcpu: 2, vcpuMaximum: 1, cpuPinning: ["0", "1"] },
    [
      "memory: 1024 MiB are more than memoryMaximum, 512 MiB",
      "vcpu: 2 are more than vcpuMaximum, 1",
      "cpuPinning: pins more processors than the machine has (1)",
    ],
  ],
  [
    "processors that are none",
    domain,
    { cpuPinning: ["1-0"] },
    ["cpuPinning[0]: holds no processor: a range goes from the lower to the higher one"],
  ],
  ["too small a share", domain, { cpuQuota: 0.01 }, ["cpuQuota: must be a share from 0.1 to 1"]],
  [
    "passthrough under emulation",
    domain,
    { domainType: "qemu", cpu: { mode: "host-passthrough" } },
    ['cpu: mode host-passthrough needs kvm; under emulation "maximum" gives all that QEMU can emulate'],
  ],
  [
    "two sources of one interface",
    domain,
    { networkInterfaces: [{ bridge: "a", networkName: "b" }] },
    ["networkInterfaces[0]: give exactly one of networkId, networkName and bridge"],
  ],
  ["a command line without a kernel", domain, { cmdlines: [{ _: "rw" }] }, ["cmdlines: needs a kernel to boot"]],
  [
    "a seed's stray file",
    cloudInitDisk,
    { vendorData: "x" },
    ["vendorData is not supported by libvirt:index/cloudInitDisk:CloudInitDisk; remove it"],
  ],
])("%s is refused", (_case, definition, inputs, expected) => {
  expect(reasons(definition, inputs)).toEqual(expected);
});

describe("what a change of a machine means", () => {
  const interfaces = [{ networkId: "1", linkUp: true }];
  const maxima = { memoryMaximum: 2048, vcpuMaximum: 4 };
  const old = { name: "m", memory: 512, disks: [{ volumeId: "/a" }], networkInterfaces: interfaces, ...maxima };
  test.each<[string, Properties, Properties]>([
    ["memory and processors within the maximum", { memory: 1024, vcpu: 2 }, { memory: "live", vcpu: "live" }],
    ["another maximum", { memoryMaximum: 4096, memory: 600 }, { memoryMaximum: "restart", memory: "restart" }],
    ["a share of a core, pinned", { cpuQuota: 0.5, cpuPinning: ["0"] }, { cpuQuota: "live", cpuPinning: "live" }],
    ["description, autostart", { description: "x", autostart: true }, { description: "live", autostart: "live" }],
    ["disk throughput", { disks: [{ volumeId: "/a", diskRead: 5 }] }, { disks: "live" }],
    ["another disk", { disks: [{ volumeId: "/b" }] }, { disks: "replace" }],
    ["a disk that is made anew", { disks: [{ volumeId: unknownValue }] }, { disks: "replace" }],
    ["a pulled cable", { networkInterfaces: [{ networkId: "1", linkUp: false }] }, { networkInterfaces: "live" }],
    ["another network", { networkInterfaces: [{ networkId: unknownValue }] }, { networkInterfaces: "restart" }],
    ["another kernel", { kernel: "/k" }, { kernel: "restart" }],
    ["another name", { name: "n" }, { name: "replace" }],
  ])("%s", (_case, news, expected) => {
    expect(effectsOf(old, { ...old, ...news })).toEqual(expected);
    const replaces = Object.keys(expected).filter((key) => expected[key] === "replace");
    const difference = { changed: Object.keys(expected).sort(), replaces, deleteBeforeReplace: replaces.length > 0 };
    expect(diff(domain, old, { ...old, ...news })).toEqual(difference);
  });

  test("without a maximum, memory and processors take a restart", () => {
    const small = { name: "m", memory: 512, vcpu: 1 };
    expect(effectsOf(small, { ...small, memory: 1024, vcpu: 2 })).toEqual({ memory: "restart", vcpu: "restart" });
  });

  test("restarts are counted, so that a preview names them", () => {
    const restartsOf = (olds: Properties, news: Properties): unknown =>
      check(domain, news, operation, olds).inputs.restarts;
    const small = { name: "m", memory: 512 };
    expect(restartsOf(small, { ...small, cpuQuota: 0.5 })).toBeUndefined();
    expect(restartsOf(small, { memory: 1024 })).toBe(1);
    expect(restartsOf({ ...small, restarts: 1 }, small)).toBe(1);
    expect(restartsOf({ ...small, restarts: 1 }, { memory: 1024 })).toBe(2);
    // What is switched off is not restarted; what is made anew starts once.
    expect(restartsOf({ ...small, running: false }, { memory: 1024, running: false })).toBeUndefined();
    expect(restartsOf(small, { memory: 1024, restarts: 7 })).toBe(7);
    expect(check(domain, { memory: 1024 }, operation).inputs.restarts).toBeUndefined();
  });

  test("volumes and seeds are never changed in place, a network only for autostart", () => {
    expect(diff(volume, { name: "v", size: 1 }, { name: "v", size: 2 }).replaces).toEqual(["size"]);
    expect(diff(volume, { name: "v", source: "/a" }, { name: "v", source: "/a", sourceSha256: "0" }).replaces).toEqual(
      [],
    );
    expect(diff(cloudInitDisk, { name: "v", userData: "a" }, { name: "v", userData: "b" }).replaces).toEqual([
      "userData",
    ]);
    expect(diff(network, { name: "n" }, { name: "n", autostart: true, mtu: 1400 }).replaces).toEqual(["mtu"]);
  });
});

test("addresses: the host's is the first one, or chosen, and DHCP gets the longest stretch", () => {
  expect(parseCidr("10.83.77.1/16")).toEqual({ first: 0x0a530000, last: 0x0a53ffff, prefix: 16 });
  expect(parseCidr("256.0.0.0/8")).toBeUndefined();
  expect(networkAddress("10.17.3.0/24", undefined, true)).toEqual({
    address: "10.17.3.1",
    prefix: 24,
    range: { start: "10.17.3.2", end: "10.17.3.254" },
  });
  expect(networkAddress("10.83.0.0/16", "10.83.255.254", true)).toEqual({
    address: "10.83.255.254",
    prefix: 16,
    range: { start: "10.83.0.1", end: "10.83.255.253" },
  });
});

test("command lines in upstream's form", () => {
  expect(commandLine([{ root: "/dev/vda", _: "rw quiet" }, { console: "ttyS0" }])).toBe(
    "rw quiet root=/dev/vda console=ttyS0",
  );
  expect(commandLine([])).toBeUndefined();
});

test("sets of processors", () => {
  expect(formatCpuSet(parseCpuSet("3,0-1,1"))).toBe("0-1,3");
  expect(cpuMap(parseCpuSet("0,9"))).toEqual(Buffer.from([1, 2]));
});

test("a derived MAC address stays the same and differs by interface", () => {
  expect(derivedMac("urn:a", 0)).toMatch(/^52:54:00(:[0-9a-f]{2}){3}$/);
  expect(derivedMac("urn:a", 0)).toBe(derivedMac("urn:a", 0));
  expect(derivedMac("urn:a", 0)).not.toBe(derivedMac("urn:a", 1));
});

test("URIs", () => {
  expect(parseUri("qemu+unix:///system?socket=/run/x/sock")).toEqual({
    uri: "qemu+unix:///system?socket=/run/x/sock",
    driverUri: "qemu:///system",
    socket: "/run/x/sock",
  });
  expect(parseUri("test:///default?socket=/s").driverUri).toBe("test:///default");
  expect(parseUri("qemu:///session", { XDG_RUNTIME_DIR: "/nowhere" })).toMatchObject({
    socket: "/nowhere/libvirt/libvirt-sock",
  });
  expect(() => parseUri("system")).toThrow('uri: "system" is not a libvirt URI; write, for example, qemu:///system');
  expect(() => parseUri("qemu:///system?no_verify=1")).toThrow("uri: parameter no_verify");
});

describe("files", () => {
  const directory = mkdtempSync(join(tmpdir(), "source-"));
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  test("an image's format and size come from the file", async () => {
    const qcow2 = Buffer.alloc(100);
    qcow2.write("QFI\xfb", "latin1");
    qcow2.writeBigUInt64BE(5n * 2n ** 30n, 24);
    writeFileSync(join(directory, "a.qcow2"), qcow2);
    writeFileSync(join(directory, "b.img"), "12345");
    const path = join(directory, "a.qcow2");
    expect(await inspectSource(`file://${path}`)).toMatchObject({
      path,
      format: "qcow2",
      bytes: 100,
      capacity: 5 * 2 ** 30,
    });
    expect(await inspectSource(join(directory, "b.img"))).toMatchObject({ format: "raw", bytes: 5, capacity: 5 });
    await expect(inspectSource("/nowhere/c")).rejects.toThrow("source: can't read /nowhere/c: ENOENT");
  });

  test("an image that is of no use without another one is refused", async () => {
    const path = join(directory, "overlay.qcow2");
    const header = Buffer.alloc(80);
    header.write("QFI\xfb", 0, "latin1");
    header.writeUInt32BE(3, 4);
    header.writeBigUInt64BE(200n, 8);
    writeFileSync(path, header);
    await expect(inspectSource(path)).rejects.toThrow(
      `source: ${path} is an overlay of another image, which would be missing on the host; make one image of both: ` +
        `qemu-img convert -O qcow2 ${path} whole.qcow2`,
    );
    header.writeBigUInt64BE(0n, 8);
    header.writeBigUInt64BE(4n, 72);
    writeFileSync(path, header);
    await expect(inspectSource(path)).rejects.toThrow("is an image whose data are in another file");
    header.writeBigUInt64BE(1n, 72);
    writeFileSync(path, header);
    expect(await inspectSource(path)).toMatchObject({ format: "qcow2" });
  });
});
