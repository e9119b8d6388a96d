import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../../artifacts/store/run.ts";
import { holderOf, holderText, isOrphaned, takeLock, tryLock, withLock } from "../../../local/lock.ts";
import { until } from "../../support/until.ts";

let directory: string;
let file: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "strata-lock-"));
  file = join(directory, "lock");
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(directory, { recursive: true });
});

/** A process of its own that takes the lock, and goes on as `then` says. */
async function otherProcess(then: string): Promise<ChildProcess> {
  const modules = (path: string) => JSON.stringify(join(import.meta.dirname, "../../..", path));
  const script = `
    const { withLock } = await import(${modules("local/lock.ts")});
    const { run } = await import(${modules("artifacts/store/run.ts")});
    await withLock(${JSON.stringify(file)}, { doing: "builds a thing", limitSeconds: 5 }, async () => {
      console.log("held");
      ${then}
    });`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    env: { ...process.env, NODE_OPTIONS: "" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  await once(child.stdout, "data");
  return child;
}

const options = { doing: "builds a thing", limitSeconds: 10 };
const busy = "await new Promise((resolve) => setTimeout(resolve, 3_600_000));";

test("work of two builders of the same thing never overlaps", async () => {
  const events: string[] = [];
  const work = (name: string) =>
    withLock(file, options, async () => {
      events.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      events.push(`${name} ends`);
    });
  await Promise.all([work("a"), work("b"), work("c")]);
  const order = events.filter((_, index) => index % 2 === 0).map((event) => event[0]);
  expect([...order].sort()).toEqual(["a", "b", "c"]);
  expect(events).toEqual(order.flatMap((name) => [`${name} begins`, `${name} ends`]));
  expect(existsSync(file)).toBe(false);
});

test("the lock is released when the work fails", async () => {
  await expect(withLock(file, options, () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
  expect(existsSync(file)).toBe(false);
});

test("the lock of a process that was killed is free at once", async () => {
  const other = await otherProcess(busy);
  expect(await tryLock(file, "tries")).toBeUndefined();
  other.kill("SIGKILL");
  await once(other, "exit");
  const lock = await tryLock(file, "tries");
  expect(lock).toBeDefined();
  await lock?.release();
});

test.each([
  ["empty, as after a power cut", ""],
  ["cut", '{"doing":"bui'],
  ["of an older version, whose process id is this one's", `${process.pid} 1`],
  ["of another host's process", '{"doing":"x","pid":1,"host":"elsewhere","since":"2026-01-01T00:00:00.000Z"}\n'],
])("a lock file that nobody holds is no lock: %s", async (_, content) => {
  writeFileSync(file, content);
  expect(await withLock(file, { ...options, limitSeconds: 0 }, () => Promise.resolve("done"))).toBe("done");
});

test("a holder is not judged by what stands in the file: it may be of another container or host", async () => {
  const other = await otherProcess(busy);
  writeFileSync(
    file,
    JSON.stringify({ doing: "builds", pid: 2 ** 22, host: "lab-2", since: "2026-01-01T10:11:12.000Z" }),
  );
  await expect(takeLock(file, { ...options, limitSeconds: 0.2 })).rejects.toThrow(
    `process 4194304 on lab-2 builds (since 10:11:12 UTC), and has not ended within 0.2 s; ` +
      `wait for it or end it, then try again (lock: ${file})`,
  );
  other.kill("SIGKILL");
});

test("waiting says for whom, also where the file says nothing; it ends when the holder does", async () => {
  const other = await otherProcess(busy);
  const holder = holderOf(file);
  expect(holder).toMatchObject({ doing: "builds a thing", pid: other.pid, host: hostname() });
  const heard: string[] = [];
  const waiting = takeLock(file, { ...options, limitSeconds: 60, onWait: (who) => heard.push(holderText(who)) });
  await until("the waiting", 20_000, () => heard.length > 0);
  expect(heard).toEqual([`process ${other.pid} builds a thing (since ${holder?.since.slice(11, 19)} UTC)`]);
  writeFileSync(file, "");
  await expect(takeLock(file, { ...options, limitSeconds: 0 })).rejects.toThrow(
    /^another process is at it, and has not/,
  );
  other.kill("SIGKILL");
  await (await waiting).release();
});

test("waiting can be cancelled", async () => {
  await otherProcess(busy);
  const cancel = new AbortController();
  const reason = new DOMException("interrupted", "AbortError");
  const waiting = takeLock(file, {
    ...options,
    signal: cancel.signal,
    onWait: () => {
      cancel.abort(reason);
    },
  });
  await expect(waiting).rejects.toBe(reason);
});

test("a program that works under a lock holds it when it outlives its killed parent", async () => {
  const other = await otherProcess(
    `await run({ what: "x", command: "sh", args: ["-c", "echo $$ > ${directory}/pid; exec sleep 3600"], limitSeconds: 3600 });`,
  );
  await until("the program", 20_000, () => existsSync(join(directory, "pid")));
  other.kill("SIGKILL");
  await once(other, "exit");
  expect(await tryLock(file, "tries")).toBeUndefined();
  const holder = holderOf(file);
  expect(holder && isOrphaned(holder)).toBe(true);
  const program = (await run({ what: "x", command: "cat", args: [join(directory, "pid")], limitSeconds: 5 })).trim();
  process.kill(Number(program), "SIGKILL");
  await (await takeLock(file, { ...options, limitSeconds: 20 })).release();
});
