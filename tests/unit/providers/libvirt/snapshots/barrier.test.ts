import { setImmediate as settled } from "node:timers/promises";
import { Barrier } from "../../../../../providers/libvirt/snapshots/barrier.ts";

test("nobody passes before the last has come", async () => {
  const barrier = new Barrier(2);
  const passed: string[] = [];
  const first = barrier.arrive().then(() => passed.push("first"));
  await settled();
  expect(passed).toEqual([]);
  await Promise.all([first, barrier.arrive().then(() => passed.push("last"))]);
  expect(passed).toEqual(["first", "last"]);
});

test("what one fails with, those hear who wait and those who come later", async () => {
  const barrier = new Barrier(3);
  const waits = barrier.arrive();
  barrier.fail(new Error("no port"));
  await expect(waits).rejects.toThrow("no port");
  await expect(barrier.arrive()).rejects.toThrow("no port");
});

test("a failure after all have passed is nobody's", async () => {
  const barrier = new Barrier(1);
  await barrier.arrive();
  barrier.fail(new Error("too late"));
  await expect(barrier.arrive()).resolves.toBeUndefined();
});
