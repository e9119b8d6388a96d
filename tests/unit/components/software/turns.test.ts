import { jest } from "@jest/globals";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Turns } from "../../../../components/software/turns.ts";

const directory = mkdtempSync(join(tmpdir(), "turns-"));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

const files = { lock: join(directory, "lock"), failure: join(directory, "failure.json") };
const turnsOf = (machine: string) => new Turns(files, machine);
const fail = () => Promise.reject(new Error("no such image"));
const notChanged = "cloud-1 was not changed, because cloud-0 failed";

test("one machine after the other", async () => {
  const seen: string[] = [];
  const take = (machine: string) =>
    turnsOf(machine).take(async () => {
      seen.push(`${machine} begins`);
      await new Promise(setImmediate);
      seen.push(`${machine} ends`);
    });
  await Promise.all([take("cloud-0"), take("cloud-1")]);
  expect(seen.map((line) => line.split(" ")[1])).toEqual(["begins", "ends", "begins", "ends"]);
});

test("a machine that fails is the last: who waits for its turn does not have it", async () => {
  const first = turnsOf("cloud-0");
  const second = turnsOf("cloud-1");
  await expect(first.take(fail)).rejects.toThrow("no such image");
  const work = jest.fn(() => Promise.resolve());
  await expect(second.take(work)).rejects.toThrow(notChanged);
  expect(work).not.toHaveBeenCalled();
});

test("who waits for what comes before its turn is told at once", async () => {
  const waiting = turnsOf("cloud-1").before(async (signal) => {
    await once(signal, "abort");
    throw new Error("ended by a signal");
  });
  await expect(turnsOf("cloud-0").take(fail)).rejects.toThrow("no such image");
  await expect(waiting).rejects.toThrow(notChanged);
});

test("a failure of an earlier update stands in nobody's way, and a failure of one's own is told as it is", async () => {
  await expect(turnsOf("cloud-0").take(fail)).rejects.toThrow("no such image");
  await new Promise((resolve) => setTimeout(resolve, 2));
  const next = turnsOf("cloud-1");
  await next.before(() => Promise.resolve());
  await expect(next.before(fail)).rejects.toThrow("no such image");
  await next.take(() => Promise.resolve());
});
