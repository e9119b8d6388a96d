import { bestOffset } from "../../../benchmarks/transport/echoExchange.ts";

describe("bestOffset", () => {
  // The machine is 100 ms ahead; out 1 ms and back 3 ms, then out and back 0.5 ms.
  const slow = { askedMs: 0, arrivedMs: 101, answeredMs: 102, heardMs: 5 };
  const quick = { askedMs: 10, arrivedMs: 110.5, answeredMs: 110.6, heardMs: 11.1 };

  test("takes the exchange with the shortest round trip", () => {
    const best = bestOffset([slow, quick], 0.01);
    expect(best.machineMs).toBe(110.6);
    expect(best.offsetMs).toBeCloseTo(100, 9);
    expect(best.uncertaintyMs).toBeCloseTo(0.51, 9);
  });

  test("an uneven way errs by no more than the uncertainty", () => {
    const { offsetMs, uncertaintyMs } = bestOffset([slow], 0);
    expect(offsetMs).toBe(99);
    expect(uncertaintyMs).toBe(2);
  });

  test("no exchange is an error", () => {
    expect(() => bestOffset([], 0)).toThrow("no echo was answered");
  });
});
