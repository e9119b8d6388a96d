import { check, diff, type ServedResource } from "../../../../providers/kit/crud.ts";
import { unknownValue, type Properties } from "../../../../providers/kit/values.ts";
import { cloudInitDisk } from "../../../../providers/libvirt/resources/cloudInitDisk.ts";
import { domain } from "../../../../providers/libvirt/resources/domain.ts";
import { effectsOf } from "../../../../providers/libvirt/resources/domainChange.ts";
import { network } from "../../../../providers/libvirt/resources/network.ts";
import { pool } from "../../../../providers/libvirt/resources/pool.ts";
import { volume } from "../../../../providers/libvirt/resources/volume.ts";
import type { Libvirt } from "../../../../providers/libvirt/rpc/libvirt.ts";

const operation = { urn: "urn:x", name: "x", signal: new AbortController().signal, log: () => undefined };
const reasons = (definition: ServedResource<Libvirt>, inputs: Properties): string[] =>
  check(definition, inputs, operation).failures.map(({ reason }) => reason);

test("what is empty is not given, as with upstream's provider", () => {
  const given = { name: "", bridge: "", domain: "", mode: "" };
  expect(check(network, given, operation)).toEqual({ inputs: { name: "x" }, failures: [] });
  const disk = { name: "", pool: "", source: "", baseVolumeId: "", format: "", size: 1 };
  expect(check(volume, disk, operation)).toEqual({ inputs: { name: "x", pool: "default", size: 1 }, failures: [] });
  const interfaces = [{ networkId: "", networkName: "lab", bridge: "", mac: "" }];
  const machine = {
    arch: "",
    machine: "",
    consoleLog: "",
    cloudinit: "",
    description: "",
    networkInterfaces: interfaces,
  };
  expect(check(domain, { ...machine, kernel: "/k", cmdlines: [{ quiet: "" }] }, operation)).toEqual({
    inputs: { name: "x", kernel: "/k", cmdlines: [{ quiet: "" }], networkInterfaces: [{ networkName: "lab" }] },
    failures: [],
  });
  expect(check(cloudInitDisk, { metaData: "" }, operation).inputs).toEqual({
    name: "x",
    pool: "default",
    metaData: "",
  });
  // What is needed is refused in words.
  expect(reasons(domain, { disks: [{ volumeId: "" }] })).toEqual([
    "disks[0].volumeId: must not be empty; write the id of a Volume",
  ]);
  expect(reasons(pool, { type: "", target: { path: "" } })).toEqual([
    'type: only directories are supported; write "dir"',
    "target.path: write an absolute path",
  ]);
});

test("hardware addresses are the same in capital letters", () => {
  const upper = { networkInterfaces: [{ networkName: "lab", mac: "52:54:00:B2:2F:86" }] };
  const lower = { networkInterfaces: [{ networkName: "lab", mac: "52:54:00:b2:2f:86" }] };
  expect(reasons(domain, upper)).toEqual([]);
  expect(effectsOf(upper, lower)).toEqual({ networkInterfaces: "live" });
});

test("a pool's directory is the same however it is written", () => {
  const pools = (path: string): Properties => ({ name: "p", type: "dir", target: { path } });
  for (const path of ["/srv/lab/", "/srv//lab", "//srv/./lab/."]) {
    expect(diff(pool, pools("/srv/lab"), pools(path))).toMatchObject({ changed: ["target"], replaces: [] });
  }
  expect(diff(pool, pools("/srv/lab"), pools("/srv/lab2")).replaces).toEqual(["target"]);
  expect(diff(pool, pools("/srv/lab"), pools(unknownValue)).replaces).toEqual(["target"]);
});

test("another checksum of a source makes a new volume, the first one does not", () => {
  const of = (sum?: string): Properties => ({ name: "v", pool: "p", source: "/a", sourceSha256: sum?.repeat(64) });
  expect(diff(volume, of(), of("0")).replaces).toEqual([]);
  expect(diff(volume, of("0"), of("1")).replaces).toEqual(["sourceSha256"]);
});
