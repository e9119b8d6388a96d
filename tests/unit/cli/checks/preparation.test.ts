import { Preparation } from "../../../../cli/checks/preparation.ts";

/** Something that is got when the test says so. */
function something(there = false) {
  const got = Promise.withResolvers<undefined>();
  let begun = 0;
  const preparation = new Preparation({
    title: "something",
    referenceSeconds: 600,
    isThere: () => Promise.resolve(there),
    get: async (signal) => {
      begun += 1;
      signal.addEventListener("abort", () => {
        got.reject(new Error("ended"));
      });
      await got.promise;
      there = true;
    },
  });
  return { preparation, got, begun: () => begun };
}

/** Words of what has to be waited for. */
const waited: string[] = [];
const onWait = (): void => {
  waited.push("waits");
};
beforeEach(() => {
  waited.length = 0;
});

test("what is there is not got, and not waited for", async () => {
  const { preparation, begun } = something(true);
  await preparation.begin();
  expect([await preparation.missingSeconds(), await preparation.within(0, onWait), begun(), waited]).toEqual([
    0,
    true,
    0,
    [],
  ]);
});

test("what is got is got once, and has no time to come", async () => {
  const { preparation, got, begun } = something();
  expect(await preparation.missingSeconds()).toBe(600);
  await preparation.begin();
  await preparation.begin();
  expect(await preparation.missingSeconds()).toBe(0);
  const ready = preparation.within(Infinity, onWait);
  got.resolve(undefined);
  expect([await ready, begun(), waited]).toEqual([true, 1, ["waits"]]);
  expect(await preparation.within(0, onWait)).toBe(true);
});

test("what has not come within its time is late, and can come later", async () => {
  const { preparation, got } = something();
  expect(await preparation.within(0, onWait)).toBe(false);
  expect(await preparation.within(-5, onWait)).toBe(false);
  got.resolve(undefined);
  expect(await preparation.within(Infinity, onWait)).toBe(true);
});

test("what can't be had says why, to each that needs it", async () => {
  const { preparation, got } = something();
  await preparation.begin();
  got.reject(new Error("no network"));
  for (let times = 0; times < 2; times += 1) await expect(preparation.within(60, onWait)).rejects.toThrow("no network");
});

test("what is under way at the end is ended, and waited for", async () => {
  const { preparation } = something();
  await preparation.begin();
  await preparation.stop();
  await expect(preparation.within(60, onWait)).rejects.toThrow("ended");
  await something().preparation.stop();
});
