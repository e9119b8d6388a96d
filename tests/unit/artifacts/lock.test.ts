import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withLock } from "../../../artifacts/store/lock.ts";

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "strata-lock-"));
  file = join(directory, "lock");
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

test("work of two builders of the same thing never overlaps", async () => {
  const events: string[] = [];
  const work = (name: string) =>
    withLock(file, { what: "thing", limitSeconds: 10 }, async () => {
      events.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      events.push(`${name} ends`);
    });
  await Promise.all([work("a"), work("b")]);
  const [first = ""] = events;
  const [one, other] = first.startsWith("a") ? ["a", "b"] : ["b", "a"];
  expect(events).toEqual([`${one} begins`, `${one} ends`, `${other} begins`, `${other} ends`]);
  expect(existsSync(file)).toBe(false);
});

test("the lock of a dead process is taken over", async () => {
  // A process id that is alive (this one), but with another start time: the id was given anew.
  writeFileSync(file, `${process.pid} 1`);
  expect(await withLock(file, { what: "thing", limitSeconds: 1 }, () => Promise.resolve("done"))).toBe("done");
});

test("waiting has a limit, which names the holder", async () => {
  let holder = 0;
  await withLock(file, { what: "thing", limitSeconds: 1 }, async () => {
    const held = readFileSync(file, "utf8");
    await expect(
      withLock(file, { what: "thing", limitSeconds: 0.3, onWait: (pid) => (holder = pid) }, () => Promise.resolve()),
    ).rejects.toThrow(
      `thing is still being built by process ${held} after 0.3 s; wait for it or end it, then try again (lock: ${file})`,
    );
  });
  expect(holder).toBe(process.pid);
});

test("the lock is released when the work fails", async () => {
  await expect(
    withLock(file, { what: "thing", limitSeconds: 1 }, () => Promise.reject(new Error("broken"))),
  ).rejects.toThrow("broken");
  expect(existsSync(file)).toBe(false);
});
