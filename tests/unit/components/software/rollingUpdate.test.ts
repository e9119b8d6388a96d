import { jest } from "@jest/globals";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RollingUpdate } from "../../../../components/software/rollingUpdate.ts";

const directory = mkdtempSync(join(tmpdir(), "rolling-update-"));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

const files = { lock: join(directory, "lock"), failure: join(directory, "failure.json") };
const updateOf = (machine: string) => new RollingUpdate(files, machine);
const fail = () => Promise.reject(new Error("no such image"));
const notChanged = "cloud-1 was not changed, because cloud-0 failed";

test("one machine after the other", async () => {
  const seen: string[] = [];
  const change = (machine: string) =>
    updateOf(machine).change(async () => {
      seen.push(`${machine} begins`);
      await new Promise(setImmediate);
      seen.push(`${machine} ends`);
    });
  await Promise.all([change("cloud-0"), change("cloud-1")]);
  expect(seen.map((line) => line.split(" ")[1])).toEqual(["begins", "ends", "begins", "ends"]);
});

test("a machine that fails is the last: who waits for it is not changed", async () => {
  const first = updateOf("cloud-0");
  const second = updateOf("cloud-1");
  await expect(first.change(fail)).rejects.toThrow("no such image");
  const work = jest.fn(() => Promise.resolve());
  await expect(second.change(work)).rejects.toThrow(notChanged);
  expect(work).not.toHaveBeenCalled();
});

test("who waits for what must hold before is told at once", async () => {
  const waiting = updateOf("cloud-1").before(async (signal) => {
    await once(signal, "abort");
    throw new Error("ended by a signal");
  });
  await expect(updateOf("cloud-0").change(fail)).rejects.toThrow("no such image");
  await expect(waiting).rejects.toThrow(notChanged);
});

test("a failure of an earlier update stands in nobody's way, and a failure of one's own is told as it is", async () => {
  await expect(updateOf("cloud-0").change(fail)).rejects.toThrow("no such image");
  await new Promise((resolve) => setTimeout(resolve, 2));
  const next = updateOf("cloud-1");
  await next.before(() => Promise.resolve());
  await expect(next.before(fail)).rejects.toThrow("no such image");
  await next.change(() => Promise.resolve());
});
