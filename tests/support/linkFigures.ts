import type { LinkCheck, RoundTripCheck } from "../../benchmarks/network/result.ts";

// A hundred pings with jitter, between machines that may share two emulated cores with all else: bounds are coarse, and
// what a busy host adds is judged by what it adds to packets that nothing shapes (the floor).

/** The link's latency is there, once each way, and so is its jitter. */
export function expectRoundTrip(check: RoundTripCheck): void {
  const { wantedMs, wantedSdMs, measuredMs = NaN, measuredSdMs = NaN, floorMs = 0, floorSdMs = 0 } = check;
  expect(measuredMs + floorMs).toBeGreaterThan(0.9 * wantedMs);
  expect(measuredMs).toBeLessThan(1.5 * wantedMs + 2 * floorMs);
  expect(Math.hypot(measuredSdMs, floorSdMs)).toBeGreaterThan(0.6 * wantedSdMs);
}

/** Of links that lose nothing: all that the report has of them is near what was asked for. */
export function expectLinksAsWanted(checks: readonly LinkCheck[]): void {
  for (const { roundTrip, loss, rate, rateDown } of checks) {
    expectRoundTrip(roundTrip);
    expect(loss?.wantedPercent).toBe(0);
    // A ping that a busy host answers too late is none that the link has lost.
    expect(loss!.lost! / loss!.sent!).toBeLessThanOrEqual(0.02);
    for (const { wantedMbit, measuredMbit, verdict } of [rate, rateDown].flatMap((one) => one ?? [])) {
      if (verdict === "not measured") continue;
      // A busy host may hold TCP back, but never lets it run faster.
      expect(measuredMbit! / wantedMbit).toBeGreaterThan(0.5);
      expect(measuredMbit! / wantedMbit).toBeLessThan(1.1);
    }
  }
}
