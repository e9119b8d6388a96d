import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { holdEngineLock, takeOverEngineLocks } from "../../../../cli/pulumi/engineLocks.ts";

let folder: string;
let locks: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "strata-backend-"));
  locks = join(folder, ".pulumi/locks/organization/strata/lab");
  mkdirSync(locks, { recursive: true });
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const file = "0c1f2d3e-4b5a-4697-8879-6a5b4c3d2e1f.json";

const now = () => new Date().toISOString();

function lock(fields: object | string): void {
  const whole = { pid: process.pid, username: "anna", hostname: hostname(), timestamp: now() };
  const text = typeof fields === "string" ? fields : JSON.stringify({ ...whole, ...fields });
  writeFileSync(join(locks, file), text);
  writeFileSync(join(locks, `${file}.attrs`), "{}");
}

async function take(): Promise<string[]> {
  const said: string[] = [];
  await takeOverEngineLocks(folder, "lab", (sentence) => said.push(sentence));
  return said;
}

async function deadProcess(): Promise<number> {
  const child = spawn("true");
  await once(child, "exit");
  return child.pid!;
}

test("the lock of a process that is gone is taken over, with a sentence", async () => {
  const pid = await deadProcess();
  lock({ pid, timestamp: "2026-11-30T10:11:12.345678901+01:00" });
  expect(await take()).toEqual([
    `process ${pid}, which has held the engine's lock of lab since 2026-11-30 09:11:12 UTC, is gone: its lock is taken over`,
  ]);
  expect(readdirSync(locks)).toEqual([]);
});

test("so is one whose process id is another process's since, as after a reboot", async () => {
  lock({ pid: 1, timestamp: "2001-01-01T00:00:00Z" });
  expect(await take()).toHaveLength(1);
});

test.each([
  ["empty", ""],
  ["cut", '{"pid":47'],
  ["none of the engine's", "{}"],
])("a damaged one is nobody's: %s", async (_, text) => {
  lock(text);
  expect(await take()).toEqual(["the engine's lock of lab was damaged, as by a power cut: it is removed"]);
  expect(readdirSync(locks)).toEqual([]);
});

test("one that was being written when its engine was killed is one, too: the engine counts it", async () => {
  writeFileSync(join(locks, `${file}.18a3f.tmp`), "");
  expect(await take()).toHaveLength(1);
  expect(readdirSync(locks)).toEqual([]);
});

// Not by its permissions: to root all files can be read.
test("one that can't be read is not damaged: it is left, and it is said what is wrong", async () => {
  symlinkSync(file, join(locks, file));
  await expect(take()).rejects.toThrow(
    new RegExp(
      `^${join(locks, file)}, which is the engine's, can't be read \\(ELOOP: .*\\); mend that, then try again$`,
    ),
  );
  await expect(holdEngineLock(folder, "lab")).rejects.toThrow("can't be read");
  expect(readdirSync(locks)).toEqual([file]);
});

test("where the folder of locks can't be read, nobody knows whether there is one", async () => {
  rmSync(locks, { recursive: true });
  writeFileSync(locks, "");
  await expect(take()).rejects.toThrow(`${locks}, which is the engine's, can't be read (ENOTDIR`);
});

test("what is no lock of the engine's stays, and a name that leads elsewhere is refused", async () => {
  const states = join(folder, ".pulumi/stacks/strata");
  mkdirSync(states, { recursive: true });
  writeFileSync(join(states, "lab.json"), "{}");
  writeFileSync(join(locks, "notes.json"), "");
  expect(await take()).toEqual([]);
  await expect(takeOverEngineLocks(folder, "../../../stacks/strata", () => undefined)).rejects.toThrow(
    '"../../../stacks/strata" is no name of a stack',
  );
  expect([readdirSync(states), readdirSync(locks)]).toEqual([["lab.json"], ["notes.json"]]);
});

test("one whose process lives is left, and it is said what to do", async () => {
  lock({ timestamp: "2126-11-30T10:11:12Z" });
  await expect(take()).rejects.toThrow(
    `testbed lab is locked by the engine: process ${process.pid} of anna works on it (since 2126-11-30 10:11:12 UTC); ` +
      `wait for it to end, or have it end (kill -INT ${process.pid}), then try again`,
  );
  expect(readdirSync(locks)).toHaveLength(2);
});

test("one of another host is left: its process can't be seen from here", async () => {
  lock({ pid: await deadProcess(), hostname: "lab-2", timestamp: "2026-11-30T10:11:12Z" });
  await expect(take()).rejects.toThrow(
    /^testbed lab is locked by the engine: process \d+ of anna on lab-2 \(since 2026-11-30 10:11:12 UTC\), which can't be seen from here; wait for it to end or, if it is certainly gone: eval "\$\(\.\/strata env\)" && pulumi cancel lab --yes$/,
  );
  expect(readdirSync(locks)).toHaveLength(2);
});

test("who measures holds a lock as the engine's own are, and gives it back", async () => {
  rmSync(join(folder, ".pulumi"), { recursive: true });
  const release = await holdEngineLock(folder, "lab");
  const [name = "", ...others] = readdirSync(locks);
  expect([/^[0-9a-f-]{36}\.json$/.test(name), others]).toEqual([true, []]);
  expect(JSON.parse(readFileSync(join(locks, name), "utf8"))).toEqual({
    ...{ pid: process.pid, username: userInfo().username, hostname: hostname() },
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
  });
  await expect(take()).rejects.toThrow(`process ${process.pid} of `);
  release();
  expect(readdirSync(locks)).toEqual([]);
});

test("where the engine began just now, too, who would measure gives way", async () => {
  lock({});
  await expect(holdEngineLock(folder, "lab")).rejects.toThrow(
    `testbed lab is locked by the engine: process ${process.pid} of anna works on it`,
  );
  expect(readdirSync(locks)).toEqual([file, `${file}.attrs`]);
});

test("another stack's locks are not looked at", async () => {
  mkdirSync(join(locks, "../lab-2"));
  writeFileSync(join(locks, "../lab-2/1.json"), "");
  expect(await take()).toEqual([]);
  expect(readdirSync(join(locks, "../lab-2"))).toEqual(["1.json"]);
});
