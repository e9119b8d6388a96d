import { setTimeout as sleep } from "node:timers/promises";
import { Patience } from "../../../../providers/kit/patience.ts";

const patienceOf = (stillSeconds: number) =>
  new Patience(
    { signal: new AbortController().signal, log: () => undefined },
    { stillSeconds, mostSeconds: 1000 * stillSeconds },
  );

test("work that took longer than the patience is progress: there is all of it for what comes after", async () => {
  const patience = patienceOf(0.2);
  await patience.during("the machine to join", sleep(400));
  expect(patience.leftMs).toBeGreaterThan(1);
  await expect(
    patience.during(
      "the machine to join",
      sleep(400).then(() => Promise.reject(new Error("no"))),
    ),
  ).rejects.toThrow("no");
  expect(patience.leftMs).toBeGreaterThan(1);
});

test("of what a guest says without end, its beginning alone is kept and compared", async () => {
  const patience = patienceOf(0.2);
  const long = "x".repeat(100_000);
  patience.saw(`${long}a`);
  await sleep(400);
  patience.saw(`${long}b`);
  expect(patience.leftMs).toBe(1);
});
