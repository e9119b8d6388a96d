import { existsSync, linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildEntry } from "../../../../artifacts/store/build.ts";
import { containerLayers } from "../../../../cli/gc/containerLayers.ts";
import type { Leftover, LeftoverKind } from "../../../../cli/gc/leftover.ts";
import { machineImages } from "../../../../cli/gc/machineImages.ts";
import { mirroredArtifacts } from "../../../../cli/gc/mirroredArtifacts.ts";
import { partialDownloads } from "../../../../cli/gc/partialDownloads.ts";
import { preparedMachines } from "../../../../cli/gc/preparedMachines.ts";
import { unfinishedBuilds } from "../../../../cli/gc/unfinishedBuilds.ts";
import { markUsed } from "../../../../local/cacheUse.ts";
import { withLock } from "../../../../local/lock.ts";
import { recordStackUse } from "../../../../local/stackUse.ts";

const key = "0123456789abcdef";
let root: string;
let cache: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "strata-gc-"));
  cache = join(root, "cache");
  process.env.STRATA_CACHE = cache;
  process.env.STRATA_STATE = join(root, "state");
});
afterEach(() => {
  delete process.env.STRATA_CACHE;
  delete process.env.STRATA_STATE;
  rmSync(root, { recursive: true });
});

/** A folder with a file in it, last used so long ago. */
function make(path: string, hoursAgo: number, bytes = 10_000): void {
  mkdirSync(join(cache, path), { recursive: true });
  writeFileSync(join(cache, path, "data"), Buffer.alloc(bytes, 1));
  const then = Date.now() / 1000 - hoursAgo * 3600;
  utimesSync(join(cache, path, "data"), then, then);
  utimesSync(join(cache, path), then, then);
}

async function only(kind: LeftoverKind): Promise<Leftover> {
  const [one, ...rest] = await kind.list();
  if (one === undefined || rest.length > 0) throw new Error(`${kind.name}: ${rest.length + 1} things`);
  return one;
}

/** A stack whose keys are there. */
function build(stack: string, use: Parameters<typeof recordStackUse>[1]): void {
  const folder = join(root, "state/stacks", stack);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "id_ed25519"), "");
  recordStackUse(stack, use);
}

const hourMs = 3_600_000;

test("an entry says what it takes and when it was used, and goes as a whole", async () => {
  make(`layers/${key}`, 5);
  const layer = await only(containerLayers);
  expect(layer).toMatchObject({ what: `container layer ${key}`, inUse: undefined });
  expect(layer.bytes).toBeGreaterThanOrEqual(10_000);
  expect(Math.abs((layer.lastUsed ?? 0) - (Date.now() - 5 * hourMs))).toBeLessThan(hourMs / 60);
  expect(await layer.remove(undefined)).toBeUndefined();
  expect(readdirSync(join(cache, "layers"))).toEqual([]);
});

test("a use counts from when an entry was asked for, not from when it was built", async () => {
  const name = { kind: "layers", key, record: "layer.json" };
  const built = { name, what: "layer", neededBytes: 1, limitSeconds: 5 };
  await buildEntry({ ...built, make: () => Promise.resolve({}) });
  const then = Date.now() / 1000 - 5 * 3600;
  utimesSync(join(cache, "layers", key), then, then);
  utimesSync(join(cache, "used/layers", key), then, then);
  expect((await only(containerLayers)).inUse).toBeUndefined();
  await buildEntry({ ...built, make: () => Promise.reject(new Error("built twice")) });
  expect((await only(containerLayers)).inUse).toMatch(/^used \d s ago$/);
});

test("what was used within three hours stays: a build may be reading it; one that came into use since, too", async () => {
  make(`layers/${key}`, 5);
  const layer = await only(containerLayers);
  markUsed("layers", key);
  expect(await layer.remove(undefined)).toMatch(/^used \d s ago$/);
  expect(existsSync(join(cache, "layers", key, "data"))).toBe(true);
});

test("what somebody builds stays, and says who", async () => {
  make(`layers/${key}`, 5);
  make(`layers/${key}.building`, 5);
  await withLock(join(cache, "layers", `${key}.lock`), { doing: "builds a layer", limitSeconds: 5 }, async () => {
    for (const kind of [containerLayers, unfinishedBuilds]) {
      const one = await only(kind);
      expect(one.inUse).toContain("builds a layer");
      expect(await one.remove(undefined)).toContain("builds a layer");
    }
  });
  expect(readdirSync(join(cache, "layers")).sort()).toEqual([key, `${key}.building`]);
});

test("an image that a stack of any checkout starts from stays, until the stack has gone", async () => {
  make(`images/${key}`, 5);
  build("lab", { image: key, mirror: false });
  utimesSync(join(cache, "used/images", key), 1, 1);
  const image = await only(machineImages);
  expect(image.inUse).toBe(`machines of lab (${join(root, "state")}) start from it`);
  expect(await image.remove(undefined)).toBe(image.inUse);
  process.env.STRATA_STATE = join(root, "another");
  expect((await only(machineImages)).inUse).toBe(image.inUse);
  rmSync(join(root, "state"), { recursive: true });
  expect((await only(machineImages)).inUse).toBeUndefined();
  expect(readdirSync(join(cache, "used/stacks"))).toEqual([]);
});

test("an image whose file a pool shares stays, whoever has made that", async () => {
  make(`images/${key}`, 5);
  linkSync(join(cache, "images", key, "data"), join(root, "pool"));
  expect((await only(machineImages)).inUse).toBe("a testbed's pool has the same file");
});

test("the mirror's artifacts stay while a stack is served", async () => {
  make(`mirror/${key}`, 5);
  build("lab", { mirror: false });
  expect((await only(mirroredArtifacts)).inUse).toBeUndefined();
  build("lab", { mirror: true });
  expect((await only(mirroredArtifacts)).inUse).toContain("served to the machines of lab");
});

test.each([
  [{ source: "added" }, true],
  [{ source: "official", imported: true }, true],
  [{ source: "official" }, false],
])("an artifact of the mirror that was brought by hand stays: %j", async (record, stays) => {
  make(`mirror/${key}`, 5);
  writeFileSync(join(cache, "mirror", key, "artifact.json"), JSON.stringify(record));
  utimesSync(join(cache, "mirror", key), 1, 1);
  expect((await only(mirroredArtifacts)).inUse !== undefined).toBe(stays);
});

test("a prepared machine counts as used when its record was read, and a copy's memory as left after a day", async () => {
  make(`prepared/${key}`, 5);
  writeFileSync(join(cache, "prepared", key, "saved.json"), "{}");
  expect((await only(preparedMachines)).inUse).toMatch(/^used \d s ago$/);
  const then = Date.now() / 1000 - 5 * 3600;
  utimesSync(join(cache, "prepared", key, "saved.json"), then, then);
  expect((await only(preparedMachines)).inUse).toBeUndefined();
  make(`prepared/${key}.passing-Ab3`, 5);
  expect((await only(unfinishedBuilds)).inUse).toBe("begun 5 h ago");
  make(`prepared/${key}.passing-Ab3`, 25);
  expect((await only(unfinishedBuilds)).inUse).toBeUndefined();
});

test.each([".building", ".removing"])("what a killed run has left as %s goes whatever the room", async (ending) => {
  make(`images/${key}${ending}`, 0);
  expect(await machineImages.list()).toEqual([]);
  const left = await only(unfinishedBuilds);
  expect(left).toMatchObject({ what: `images/${key}${ending}`, why: "of a run that was killed", inUse: undefined });
  expect(await left.remove(undefined)).toBeUndefined();
  expect(readdirSync(join(cache, "images"))).toEqual([]);
});

test.each([
  [24, undefined],
  [8 * 24, "stopped 8 d ago"],
])("a download that stopped %d hours ago goes for that alone: %s", async (hours, why) => {
  make(`partial/${key}`, hours);
  const partial = await only(partialDownloads);
  expect(partial.why).toBe(why);
  await withLock(join(cache, "mirror", `${key}.lock`), { doing: "builds coredns", limitSeconds: 5 }, async () => {
    expect((await only(partialDownloads)).inUse).toContain("builds coredns");
    expect(await partial.remove(undefined)).toContain("builds coredns");
  });
  expect(await partial.remove(undefined)).toBeUndefined();
  expect(readdirSync(join(cache, "partial"))).toEqual([]);
});

test("an empty cache has nothing, and what is no entry is left alone", async () => {
  const all = [containerLayers, machineImages, partialDownloads, unfinishedBuilds];
  expect((await Promise.all(all.map((kind) => kind.list()))).flat()).toEqual([]);
  make("layers/notes", 1000);
  make("notes.building", 1000);
  expect((await Promise.all(all.map((kind) => kind.list()))).flat()).toEqual([]);
});
