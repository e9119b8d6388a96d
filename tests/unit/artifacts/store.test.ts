import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildEntry, type EntryBuild } from "../../../artifacts/store/build.ts";
import { sha256OfText } from "../../../artifacts/store/checksum.ts";
import { entryDirectory, findEntry, readRecord, verifyEntry } from "../../../artifacts/store/entry.ts";
import { ArtifactError } from "../../../artifacts/store/errors.ts";

const name = { kind: "things", key: "0123456789abcdef", record: "thing.json" };
let cache: string;

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "strata-store-"));
  process.env.STRATA_CACHE = cache;
});

afterEach(() => {
  delete process.env.STRATA_CACHE;
  rmSync(cache, { recursive: true });
});

function build(make: EntryBuild["make"], more: Partial<EntryBuild> = {}) {
  return buildEntry({ name, what: "thing", neededBytes: 1, limitSeconds: 5, make, ...more });
}

function writeHello(directory: string): Promise<Record<string, unknown>> {
  writeFileSync(join(directory, "data"), "hello");
  return Promise.resolve({ colour: "blue" });
}

test("an entry is missing, then built, then found, with checksums and details in its record", async () => {
  expect(findEntry(name).state).toBe("missing");
  expect(await build(writeHello)).toEqual({
    key: name.key,
    directory: join(cache, "things", name.key),
    state: "ready",
  });
  expect(findEntry(name).state).toBe("ready");
  const file = join(entryDirectory(name), "data");
  expect(readRecord(name)).toEqual({
    key: name.key,
    colour: "blue",
    files: { data: { sha256: sha256OfText("hello"), bytes: 5, modifiedMs: statSync(file).mtimeMs } },
  });
  expect(readdirSync(join(cache, "things"))).toEqual([name.key]);
});

test("what is ready is not built again", async () => {
  await build(writeHello);
  const phases: string[] = [];
  await build(() => Promise.reject(new Error("built twice")), { progress: ({ text }) => phases.push(text) });
  expect(phases).toEqual([]);
});

test("a changed file is found by its checksum, also with its old size, and the entry is built anew", async () => {
  await build(writeHello);
  const file = join(entryDirectory(name), "data");
  writeFileSync(file, "jello");
  const corrupt = { state: "corrupt", problem: "data has another content than when it was built (SHA-256 differs)" };
  expect(findEntry(name)).toMatchObject(corrupt);
  const phases: string[] = [];
  await build(writeHello, { progress: ({ text }) => phases.push(text) });
  expect(phases).toEqual([`removing the corrupt copy: ${corrupt.problem}`, "recording checksums"]);
  expect(verifyEntry(name).state).toBe("ready");
});

test("a file whose content and time were changed behind the store's back is found by the full check", async () => {
  await build(writeHello);
  const file = join(entryDirectory(name), "data");
  const { atime, mtime } = statSync(file);
  writeFileSync(file, "jello");
  utimesSync(file, atime, mtime);
  expect(verifyEntry(name).state).toBe("corrupt");
});

test.each([
  [
    "a file is gone",
    (directory: string) => {
      rmSync(join(directory, "data"));
    },
    "data is missing",
  ],
  [
    "a file was cut",
    (directory: string) => {
      writeFileSync(join(directory, "data"), "hel");
    },
    "data has 3 bytes instead of 5",
  ],
  [
    "the record is cut",
    (directory: string) => {
      writeFileSync(join(directory, "thing.json"), "{");
    },
    "thing.json is missing or not readable",
  ],
  [
    "the record is another entry's",
    (directory: string) => {
      writeFileSync(join(directory, "thing.json"), '{"key":"ff","files":{}}');
    },
    "thing.json belongs to another key, ff",
  ],
])("corrupt: %s", async (_, damage, problem) => {
  await build(writeHello);
  damage(entryDirectory(name));
  expect(findEntry(name)).toMatchObject({ state: "corrupt", problem });
});

test("a failed build leaves nothing and lets its error through", async () => {
  const failure = new ArtifactError("no such package");
  await expect(
    build((directory) => {
      writeFileSync(join(directory, "half"), "half");
      return Promise.reject(failure);
    }),
  ).rejects.toBe(failure);
  expect(readdirSync(join(cache, "things"))).toEqual([]);
});

test("what an interrupted build left is removed before the next", async () => {
  const left = `${entryDirectory(name)}.building`;
  mkdirSync(left, { recursive: true });
  writeFileSync(join(left, "half"), "half");
  await build(writeHello);
  expect(existsSync(left)).toBe(false);
  expect(readdirSync(entryDirectory(name)).sort()).toEqual(["data", "thing.json"]);
});

test("a full disk while building: says what, how much is free and the fix, and leaves nothing", async () => {
  const full = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
  await expect(build(() => Promise.reject(full), { neededBytes: 4e6 })).rejects.toThrow(
    /^thing: the disk of .*things is full: \d+ MB free, about 4 MB needed; free some space, or set STRATA_CACHE .*; nothing half-built was kept$/,
  );
  expect(readdirSync(join(cache, "things"))).toEqual([]);
});

test("a program that met a full disk is understood by its words", async () => {
  const error = new ArtifactError("building failed (mke2fs: exit status 1):\nmke2fs: No space left on device");
  await expect(build(() => Promise.reject(error))).rejects.toThrow(/is full: \d+ MB free/);
});

test("a build that can't fit is refused before it starts", async () => {
  let started = false;
  const make = () => {
    started = true;
    return Promise.resolve({});
  };
  await expect(build(make, { neededBytes: 1e18 })).rejects.toThrow(
    /is full: \d+ MB free, about 1000000000000 MB needed/,
  );
  expect(started).toBe(false);
});
