import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { leaseDirectory } from "../../../../local/embeddedHost.ts";
import { addLease, leases, removeLease } from "../../../../providers/strata/host/leases.ts";
import { ownNames } from "../../../../providers/strata/host/ownNames.ts";

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "strata-leases-"));
  process.env.STRATA_STATE = state;
});
afterEach(() => {
  rmSync(state, { recursive: true });
});

test("only a folder that is not there means that no stack uses the host", async () => {
  expect(await leases()).toEqual([]);
  await addLease("two");
  await addLease("one");
  expect(await leases()).toEqual(["one", "two"]);
  await removeLease("two");
  await removeLease("two");
  expect(await leases()).toEqual(["one"]);
  rmSync(leaseDirectory(), { recursive: true });
  mkdirSync(dirname(leaseDirectory()), { recursive: true });
  writeFileSync(leaseDirectory(), "");
  await expect(leases()).rejects.toThrow("ENOTDIR");
});

test.each(["../../x", "..", "a/b", ""])("%j is no file of a lease", async (name) => {
  await expect(addLease(name)).rejects.toThrow("is no name of a stack");
  await expect(removeLease(name)).rejects.toThrow("is no name of a stack");
});

test("names of a stack are its own, at its own place", () => {
  const { shared, directory, isMachine, isFile } = ownNames("lab.x", "1f2e3d4c");
  expect([shared, directory]).toEqual(["strata-lab.x@1f2e3d4c", "lab.x@1f2e3d4c"]);
  const mine = ["lab.x-cloud-0@1f2e3d4c", "lab.x-endpoint-12@1f2e3d4c"];
  const others = ["lab.x-cloud-0", "lab.x-cloud-0@1f2e3d4d", "lab-x-cloud-0@1f2e3d4c", "vm", "lab.x-vm-0@1f2e3d4c"];
  expect([...mine, ...others].filter(isMachine)).toEqual(mine);
  const files = [
    ...["lab.x-cloud-0@1f2e3d4c.qcow2", "lab.x-cloud-0@1f2e3d4c-seed.iso", "lab.x-cloud-0@1f2e3d4c_VARS.fd"],
    ...["image-0123456789abcdef-disk", "image-0123456789abcdef-disk.source", "image-0a-kernel.owner-00112233"],
  ];
  expect([...files, "notes", "data.qcow2", "lab.x-cloud-0@1f2e3d4d.qcow2"].filter(isFile)).toEqual(files);
});
