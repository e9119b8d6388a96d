import { anothers } from "../../../../cli/snapshots/another.ts";

const resource = (type: string, name: string, id: string) => {
  return { urn: `urn:pulumi:lab::strata::${type}::${name}`, type, id, inputs: {}, outputs: {} };
};
const pool = resource("libvirt:index/pool:Pool", "pool", "1");
const disk = resource("libvirt:index/volume:Volume", "cloud-0-disk", "/pool/cloud-0.qcow2");
const machine = resource("libvirt:index/domain:Domain", "cloud-0", "8acd");
const saved = [pool, disk, machine];

test.each([
  ["nothing of it", [], []],
  ["the same", saved, []],
  ["a machine that was made again", [pool, disk, { ...machine, id: "77fe" }], []],
  ["what is on machines alone", [...saved, resource("strata:net:Shaping", "cloud-1-shaping", "a")], []],
  ["a machine more", [...saved, resource("libvirt:index/domain:Domain", "cloud-1", "2")], ["cloud-1"]],
  ["another image", [{ ...disk, id: "/pool/other.qcow2" }, machine], ["cloud-0-disk"]],
])("there is now %s", (_what, now, left) => {
  expect(anothers(now, saved, ["cloud-0"])).toEqual(left);
});
