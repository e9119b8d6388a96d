import { jest } from "@jest/globals";
import { Patience, type Limit, type Look } from "../../../../providers/kit/patience.ts";

const patienceOf = (limit: Limit) =>
  new Patience({ signal: new AbortController().signal, log: () => undefined }, limit);

/** Only looks take time: what a busy machine does in between is not seen. */
let now = 0;
beforeEach(() => {
  jest.spyOn(Date, "now").mockImplementation(() => now);
});
afterEach(() => {
  jest.restoreAllMocks();
});

/** Looks every 10 ms at what says each of these for 100 ms, and the last for ever. */
async function waitFor(limit: Limit, says: string[], done = false): Promise<string> {
  const start = now;
  const look = (): Promise<Look<string>> => {
    now += 10;
    const at = Math.floor((now - start) / 100);
    if (done && at >= says.length) return Promise.resolve({ done: "there" });
    return Promise.resolve({ pending: says[at] ?? says.at(-1) ?? "" });
  };
  return patienceOf(limit)
    .until("it", "Look at it", 1, look)
    .catch((error: unknown) => (error as Error).message);
}

const slowly = ["starting", "almost", "nearly", "soon", "at once", "now"];

test("what moves on is waited for longer than what stands still, and no time is added where nothing new is seen", async () => {
  const byProgress = { stillSeconds: 0.3, mostSeconds: 30 };
  expect(await waitFor(byProgress, slowly, true)).toBe("there");
  expect(await waitFor(0.3, slowly, true)).toBe("gave up waiting for it after 0 s: nearly. Look at it");
  // Numbers alone are nothing new, nor is what was seen before.
  const times = Array.from({ length: 20 }, (_, index) => `no answer within ${index} s`);
  expect(await waitFor(byProgress, times, true)).toMatch(/gave up waiting for it/);
  const round = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? "refused" : "not ready"));
  expect(await waitFor(byProgress, round, true)).toMatch(/gave up waiting for it/);
});

test("there is a limit in all too, and several waits share it", async () => {
  const endless = Array.from({ length: 26 }, (_, index) => String.fromCharCode(97 + index));
  expect(await waitFor({ stillSeconds: 0.3, mostSeconds: 0.8 }, endless, true)).toMatch(/gave up waiting for it/);
  const shared = patienceOf({ stillSeconds: 10, mostSeconds: 0.2 });
  now += 250;
  expect([shared.leftMs, shared.mostLeftMs]).toEqual([1, 1]);
});
