/**
 * Two machines' clocks may differ by this much before one is set. Both are read to a second over ssh, and certificates
 * and tokens bear five minutes (the API's signer dates certificates back by that).
 */
export const clockToleranceMs = 60_000;

/** A command that sets a machine's clock to what another one shows, to about two seconds; undefined if they agree. */
export function clockCorrection(ownMs: number, wantedMs: number): string | undefined {
  if (Math.abs(ownMs - wantedMs) <= clockToleranceMs) return undefined;
  return `date -u -s @${Math.round(wantedMs / 1000)} >/dev/null\n`;
}

/** "3 days", "7 hours": how far a clock was off, for people. */
export function offsetText(offsetMs: number): string {
  const seconds = Math.abs(offsetMs) / 1000;
  const units: [number, string][] = [
    [86_400, "days"],
    [3600, "hours"],
    [60, "minutes"],
  ];
  const [size, name] = units.find(([size]) => seconds >= 2 * size) ?? [1, "seconds"];
  return `${Math.round(seconds / size)} ${name} ${offsetMs < 0 ? "behind" : "ahead"}`;
}
