import type { AccessRates } from "./rules.ts";

/**
 * More than any of these networks carries. htb only sorts packets into classes then; its own rate must never hold one
 * back, so each class may also send 10 MB at once (at such rates htb would otherwise wait for a timer after each packet).
 */
export const unlimited = "rate 100gbit ceil 100gbit burst 10mb cburst 10mb quantum 60000";

/** Of its own, each class below a shared rate has 8 kbit/s. */
const ownMbit = 0.008;

/** The most that htb keeps for later: a packet, or what passes in one tick of the machines' kernel (250 Hz; tc-tbf(8), burst). */
const burstBytes = (mbit: number): number => Math.max(1600, Math.ceil((mbit * 1e6 * 0.004) / 8));

/** At most `ceil`; below the shared class hardly anything is a class's own, so that all borrow. */
export function limited(rateMbit: number, ceilMbit: number): string {
  const burst = `burst ${burstBytes(rateMbit)} cburst ${burstBytes(ceilMbit)}`;
  return `rate ${bits(rateMbit)} ceil ${bits(ceilMbit)} ${burst} quantum 1514`;
}

/** A class below the shared one. @param rateMbit of its own, where a trace's rate is made by it; else netem makes it. */
export function classParameters(access: AccessRates | undefined, rateMbit?: number): string {
  const up = access?.upMbit;
  if (up === undefined) return rateMbit === undefined ? unlimited : limited(rateMbit, rateMbit);
  const ceil = Math.min(up, rateMbit ?? Infinity);
  return limited(Math.min(ownMbit, ceil), ceil);
}

export function bits(mbit: number): string {
  return `${Math.round(mbit * 1e6)}bit`;
}
