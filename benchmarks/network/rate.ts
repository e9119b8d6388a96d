import type { RateCheck } from "./result.ts";

/**
 * What a TCP segment takes on the wire for its payload: Ethernet, IPv4 and TCP headers with time stamps, 1514 bytes for
 * 1448; that is what htb counts.
 */
const wireOverhead = 1514 / 1448;

/** Received payload in 10^6 bit/s from `iperf3 --json`. @throws Error with iperf3's own words when it failed. */
export function parseIperf(output: string): number {
  const result = JSON.parse(output) as { error?: string; end?: { sum_received?: { bits_per_second?: number } } };
  const rate = result.end?.sum_received?.bits_per_second;
  if (result.error !== undefined || rate === undefined) throw new Error(result.error ?? "iperf3 printed no rate");
  return rate / 1e6;
}

/** What a payload takes on the wire. */
export const wireMbit = (payloadMbit: number): number => payloadMbit * wireOverhead;

/** Holds a measured rate against the wanted one: a single TCP flow may miss as much below as above. */
export function judgeRate(wantedMbit: number, payloadMbit: number, tolerancePercent: number): RateCheck {
  const measuredMbit = wireMbit(payloadMbit);
  const off = Math.abs(measuredMbit / wantedMbit - 1) * 100;
  return { wantedMbit, measuredMbit, verdict: off <= tolerancePercent ? "ok" : "off" };
}

/**
 * Highest rate worth measuring, in 10^6 bit/s: above it a machine's processor is what is measured. One TCP flow over a
 * jittery link between emulated machines gets 200 Mbit/s (measured), between hardware-accelerated ones some Gbit/s.
 */
export const measurableMbit = { tcg: 100, kvm: 2000 } as const;
