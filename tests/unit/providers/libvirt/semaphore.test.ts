import { Semaphore } from "../../../../providers/libvirt/rpc/semaphore.ts";

test("so many at a time, in the order in which they came, failures included", async () => {
  const semaphore = new Semaphore(2);
  const log: string[] = [];
  const ends: (() => void)[] = [];
  const work = (name: string) =>
    semaphore.run(async () => {
      log.push(name);
      await new Promise<void>((resolve) => ends.push(resolve));
      if (name === "a") throw new Error(name);
      return name;
    });
  const all = Promise.allSettled(["a", "b", "c", "d"].map(work));
  const settle = () => new Promise((resolve) => setTimeout(resolve, 5));
  await settle();
  expect(log).toEqual(["a", "b"]);
  ends.shift()?.();
  await settle();
  expect(log).toEqual(["a", "b", "c"]);
  while (log.length < 4 || ends.length > 0) {
    ends.shift()?.();
    await settle();
  }
  expect((await all).map(({ status }) => status)).toEqual(["rejected", "fulfilled", "fulfilled", "fulfilled"]);
  expect(log).toEqual(["a", "b", "c", "d"]);
});
