import { z } from "zod";
import { printable } from "../../providers/kit/plain/printable.ts";
import type { RateCheck } from "./result.ts";

/**
 * What a TCP segment takes on the wire for its payload: Ethernet, IPv4 and TCP headers with time stamps, 1514 bytes for
 * 1448; that is what htb counts.
 */
const wireOverhead = 1514 / 1448;

/** A guest prints it. */
const side = z.object({ bits_per_second: z.number().min(0).optional() }).optional();
const iperfSchema = z.object({
  error: z.string().optional(),
  end: z.object({ sum_received: side }).optional(),
  server_output_json: z.object({ end: z.object({ sum_sent: side }).optional() }).optional(),
});

function iperfReport(output: string): z.infer<typeof iperfSchema> {
  try {
    return iperfSchema.parse(JSON.parse(output));
  } catch {
    return { error: `iperf3 printed no report: ${printable(output.slice(0, 200))}` };
  }
}

/** Received payload in 10^6 bit/s from `iperf3 --json`. @throws Error with iperf3's own words when it failed. */
export function parseIperf(output: string): number {
  const { error, end } = iperfReport(output);
  const rate = end?.sum_received?.bits_per_second;
  if (error !== undefined || rate === undefined) throw new Error(printable(error ?? "iperf3 printed no rate"));
  return rate / 1e6;
}

/** What the server says that it sent, payload in 10^6 bit/s; undefined where it was not asked. */
export function parseSent(output: string): number | undefined {
  const rate = iperfReport(output).server_output_json?.end?.sum_sent?.bits_per_second;
  return rate === undefined ? undefined : rate / 1e6;
}

/** What a payload takes on the wire. */
export const wireMbit = (payloadMbit: number): number => payloadMbit * wireOverhead;

/** Holds a rate on the wire against the wanted one: it may miss as much below as above. */
export function judgeRate(wantedMbit: number, measuredMbit: number, tolerancePercent: number): RateCheck {
  const off = Math.abs(measuredMbit / wantedMbit - 1) * 100;
  return { wantedMbit, measuredMbit, verdict: off <= tolerancePercent ? "ok" : "off" };
}

/**
 * Highest rate worth measuring, in 10^6 bit/s: above it a machine's processor is what is measured. One TCP flow over a
 * jittery link between emulated machines gets 200 Mbit/s (measured), between hardware-accelerated ones some Gbit/s.
 */
export const measurableMbit = { emulated: 100, hardware: 2000 } as const;
