// Every point at which a run can be cut off, beside things of others by the same and by other names.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { placeHere } from "../../../../local/place.ts";
import type { Operation, ServedResource } from "../../../../providers/kit/crud.ts";
import type { Properties } from "../../../../providers/kit/values.ts";
import { isFrom, ownerDigits, ownerOf } from "../../../../providers/libvirt/xml/ownership.ts";
import { removeLeft } from "../../../../providers/libvirt/resources/leftVolumes.ts";
import { pool } from "../../../../providers/libvirt/resources/pool.ts";
import { volume } from "../../../../providers/libvirt/resources/volume.ts";
import type { Libvirt } from "../../../../providers/libvirt/rpc/libvirt.ts";
import { volumeXml } from "../../../../providers/libvirt/xml/storage.ts";
import { StorageDaemon, volumeAt, type World } from "../../../support/storageDaemon.ts";

const theirs = (name: string): string =>
  volumeAt(`/foreign/${name}`, volumeXml({ name, format: "qcow2", capacity: 2 ** 30 }));
/** Someone else's pool, with a volume and what once were names of an upload's helpers. */
const foreign: World = {
  pools: {
    default: { uuid: "aaaaaaaa-0000-4000-8000-000000000001", path: "/foreign", active: true, autostart: false },
  },
  volumes: Object.fromEntries(
    ["data", "own.incomplete", "own.source"].map((name) => [`/foreign/${name}`, theirs(name)]),
  ),
  directories: ["/foreign"],
};

const operation = (context: Libvirt, name = "v"): Operation<Libvirt> => ({
  urn: `urn:pulumi:lab::test::libvirt:index/volume:Volume::${name}`,
  ...{ name, context, signal: new AbortController().signal, log: () => undefined },
});

const directory = mkdtempSync(join(tmpdir(), "ownership-"));
const image = join(directory, "image");
writeFileSync(image, Buffer.alloc(4096, 1));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

const made: [string, ServedResource<Libvirt>, Properties][] = [
  ["an empty volume", volume, { name: "own", pool: "default", size: 2 ** 30 }],
  ["an overlay", volume, { name: "own", pool: "default", baseVolumeId: "/foreign/data", size: 2 ** 31 }],
  ["an upload", volume, { name: "own", pool: "default", source: image }],
  ["a pool that was there", pool, { name: "default", type: "dir", target: { path: "/foreign/" } }],
  ["a pool of a directory that was there", pool, { name: "own", type: "dir", target: { path: "/empty" } }],
  ["a pool with its directory", pool, { name: "own", type: "dir", target: { path: "/new" } }],
];

describe.each(made)("%s", (_case, definition, inputs) => {
  const before: World = { ...foreign, directories: ["/foreign", "/empty"] };
  const state = (outputs: Properties) => ({ inputs, outputs });

  test("cut off at any call of making it, then made, cut off at any call of deleting it, then deleted", async () => {
    const undisturbed = new StorageDaemon(before);
    const first = await definition.create(operation(undisturbed.connect()), inputs);
    const wanted = structuredClone(undisturbed.world);
    const toMake = undisturbed.calls;
    await definition.delete(operation(undisturbed.connect()), first.id, state(first.outputs));
    const toDelete = undisturbed.calls;
    expect(undisturbed.world).toEqual(before);

    for (const done of [false, true]) {
      for (let at = 1; at <= toMake; at += 1) {
        const daemon = new StorageDaemon(before);
        await definition.create(operation(daemon.connect({ at, done })), inputs).catch(() => undefined);
        const { id, outputs } = await definition.create(operation(daemon.connect()), inputs);
        expect(daemon.world).toEqual(wanted);
        await definition.delete(operation(daemon.connect()), id, state(outputs));
        expect(daemon.world).toEqual(before);
      }
      for (let at = 1; at <= toDelete; at += 1) {
        const daemon = new StorageDaemon(wanted);
        await definition
          .delete(operation(daemon.connect({ at, done })), first.id, state(first.outputs))
          .catch(() => undefined);
        await definition.delete(operation(daemon.connect()), first.id, state(first.outputs));
        expect(daemon.world).toEqual(before);
      }
    }
  });
});

test.each([
  ["an empty volume", { name: "data", pool: "default", size: 2 ** 30 }],
  ["an upload", { name: "data", pool: "default", source: image }],
])("%s by the name of another's is refused, wherever it is cut off, and nothing is touched", async (_case, inputs) => {
  const counted = new StorageDaemon(foreign);
  await expect(volume.create(operation(counted.connect()), inputs)).rejects.toThrow(
    'there is already a volume "data" in pool "default" at test:///default, which this resource did not make',
  );
  expect(counted.world).toEqual(foreign);
  for (let at = 1; at <= counted.calls; at += 1) {
    const daemon = new StorageDaemon(foreign);
    await expect(volume.create(operation(daemon.connect({ at, done: true })), inputs)).rejects.toThrow();
    await expect(volume.create(operation(daemon.connect()), inputs)).rejects.toThrow(
      "which this resource did not make",
    );
    expect(daemon.world).toEqual(foreign);
  }
});

test("two stacks that make one volume at the same moment: one gets it, the other is refused and leaves no trace", async () => {
  const daemon = new StorageDaemon(foreign);
  const context = daemon.connect();
  const inputs = { name: "own", pool: "default", size: 2 ** 20 };
  const results = await Promise.allSettled(["a", "b"].map((name) => volume.create(operation(context, name), inputs)));
  expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  const marks = Object.keys(daemon.world.volumes).filter((key) => key.startsWith("/foreign/own.owner-"));
  expect(marks).toHaveLength(1);
});

test("a volume costs two calls more than without its mark, and two to be known again when it is deleted", async () => {
  const daemon = new StorageDaemon(foreign);
  const inputs = { name: "own", pool: "default", size: 2 ** 20 };
  const { id, outputs } = await volume.create(operation(daemon.connect()), inputs);
  // Pool; volume, mark; the mark is made; the volume is made, and listed.
  expect(daemon.calls).toBe(6);
  await volume.delete(operation(daemon.connect()), id, { inputs, outputs });
  // Volume; what it is, mark; both are deleted.
  expect(daemon.calls).toBe(5);
});

test("in a pool that is no directory a volume has no mark, and one that was there is refused", async () => {
  const groups = { vg: { uuid: foreign.pools.default?.uuid ?? "", path: "/foreign", active: true, autostart: false } };
  const daemon = new StorageDaemon({ ...foreign, pools: { vg: { ...groups.vg, type: "logical" } } });
  const inputs = { name: "own", pool: "vg", format: "raw", size: 2 ** 20 };
  const { id, outputs } = await volume.create(operation(daemon.connect()), inputs);
  expect(outputs).toEqual({ format: "raw", size: 2 ** 20, mark: undefined });
  await volume.delete(operation(daemon.connect()), id, { inputs, outputs });
  expect(daemon.world.volumes).toEqual(foreign.volumes);
  await expect(volume.create(operation(daemon.connect()), { ...inputs, name: "data" })).rejects.toThrow("did not make");
});

test.each([
  ["of whole KiB, as libvirt makes a qcow2 image", "/foreign/own", 1_000_000_512, true],
  ["of whole extents, as LVM makes it", "/dev/vg/own", 1_002_438_656, true],
  ["that is larger", "/foreign/own", 2_000_000_000, false],
])(
  "asked for with 1 GB, a volume %s is known again by its size only where libvirt may have rounded it",
  async (_case, id, capacity, same) => {
    const xml = (size: number) => volumeAt(id, volumeXml({ name: "own", format: "qcow2", capacity: size }));
    const pools = { default: { ...foreign.pools.default!, path: dirname(id) } };
    const daemon = new StorageDaemon({ ...foreign, pools, volumes: { [id]: xml(capacity) } });
    const inputs = { name: "own", pool: "default", size: 1_000_000_000 };
    const deleted = volume.delete(operation(daemon.connect()), id, { inputs, outputs: { format: "qcow2", size: 1e9 } });
    if (same) await deleted;
    else await expect(deleted).rejects.toThrow(`it has ${capacity} bytes, not 1000000000`);
    expect(Object.keys(daemon.world.volumes)).toEqual(same ? [] : [id]);
  },
);

test("a volume with its mark whose size libvirt has rounded is deleted", async () => {
  const daemon = new StorageDaemon(foreign);
  const inputs = { name: "own", pool: "default", size: 1_000_000_000 };
  const { id, outputs } = await volume.create(operation(daemon.connect()), inputs);
  daemon.world.volumes[id] = daemon.world.volumes[id]!.replace("1000000000", "1000000512");
  await volume.delete(operation(daemon.connect()), id, { inputs, outputs });
  expect(daemon.world).toEqual(foreign);
});

test("the end of a pool takes no volume that another made where a killed run of ours had only begun", async () => {
  const ours = operation(new StorageDaemon(foreign).connect());
  const digits = ownerDigits(ownerOf(ours.urn));
  const theirMark = "own.owner-00000000ffffffff";
  const names = ["own", `own.owner-${digits}`, `own.incomplete-${digits}`, theirMark];
  const daemon = new StorageDaemon({
    ...foreign,
    volumes: Object.fromEntries(names.map((name) => [`/foreign/${name}`, theirs(name)])),
  });
  const ref = { name: "default", uuid: foreign.pools.default!.uuid };
  const left = await removeLeft({ ...ours, context: daemon.connect() }, ref);
  expect(left.sort()).toEqual(["own", theirMark]);
  expect(Object.keys(daemon.world.volumes).sort()).toEqual(["/foreign/own", `/foreign/${theirMark}`]);
});

test("a pool that was there stays though it is empty", async () => {
  const empty: World = { ...foreign, volumes: {} };
  const daemon = new StorageDaemon(empty);
  const inputs = { name: "default", type: "dir", target: { path: "/foreign" } };
  const { id, outputs } = await pool.create(operation(daemon.connect()), inputs);
  await pool.delete(operation(daemon.connect()), id, { inputs, outputs });
  expect(daemon.world).toEqual(empty);
});

test.each([undefined, "elsewhere/state"])("what is made here is marked with the place of stacks here: %s", (state) => {
  const before = process.env.STRATA_STATE;
  if (state === undefined) delete process.env.STRATA_STATE;
  else process.env.STRATA_STATE = state;
  try {
    expect(ownerOf("urn").state).toBe(placeHere());
    expect(isFrom(ownerOf("urn"))).toBe(true);
    expect(isFrom({ ...ownerOf("urn"), directory: "/elsewhere" })).toBe(false);
    expect(isFrom({ urn: "urn", state: placeHere() })).toBe(false);
  } finally {
    if (before === undefined) delete process.env.STRATA_STATE;
    else process.env.STRATA_STATE = before;
  }
});
