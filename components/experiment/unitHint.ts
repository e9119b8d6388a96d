import type { Kind } from "./units.ts";

/**
 * Other ways to write units, each with what it is in a known one: as [factor, unit], since a hint must name the amount
 * that was written and no other. What could be two amounts ("m": minutes or milliseconds of a latency) is not here.
 */
const otherWords: Record<string, Record<string, readonly [number, string]>> = {
  latency: { ...same("ms", "msec", "millis", "millisecond", "milliseconds"), ...microseconds(), ...seconds() },
  duration: {
    ...seconds(),
    ...same("ms", "msec", "millis", "millisecond", "milliseconds"),
    ...same("min", "m", "mins", "minute", "minutes"),
    ...same("h", "hr", "hrs", "hour", "hours"),
    ...{ d: [24, "h"], day: [24, "h"], days: [24, "h"] },
  },
  frequency: {
    ...same("Hz", "hz", "HZ", "/s", "1/s", "per second", "fps", "rps"),
    ...same("kHz", "khz", "KHz"),
    ...{ MHz: [1000, "kHz"] },
  },
  rate: {
    ...same("Mbit", "mbit", "Mb", "Mbps", "mbps", "Mb/s", "Mbits", "Mbits/s", "MBit", "MBit/s", "mbit/s"),
    ...same("kbit", "Kbit", "kb", "kbps", "Kbps", "kb/s", "kbits", "kBit", "Kbit/s", "kBit/s"),
    ...same("Gbit", "gbit", "Gb", "Gbps", "gbps", "Gb/s", "Gbits", "GBit", "GBit/s", "gbit/s"),
    ...{ "bit/s": [0.001, "kbit"], bit: [0.001, "kbit"], bps: [0.001, "kbit"] },
    ...{ MB: [8, "Mbit"], "MB/s": [8, "Mbit"], "kB/s": [8, "kbit"], "KB/s": [8, "kbit"], "GB/s": [8, "Gbit"] },
  },
  memory: binarySizes(),
  disk: binarySizes(),
  throughput: {
    ...same("MB/s", "MB", "MBps", "Mbyte/s", "MBytes/s"),
    ...same("kB/s", "kB", "KB/s", "kBps", "KBps"),
    ...same("GB/s", "GB", "GBps"),
    ...{ "Mbit/s": [0.125, "MB/s"], Mbit: [0.125, "MB/s"], Mbps: [0.125, "MB/s"] },
  },
  percentage: same("%", "percent", "pct"),
};

function same(unit: string, ...words: string[]): Record<string, readonly [number, string]> {
  return Object.fromEntries(words.map((word) => [word, [1, unit] as const]));
}

function microseconds() {
  return same("us", "µs", "μs", "usec", "microsecond", "microseconds");
}

function seconds() {
  return same("s", "sec", "secs", "second", "seconds");
}

function binarySizes() {
  return {
    ...same("MiB", "Mi", "mib", "MIB"),
    ...same("GiB", "Gi", "gib", "GIB"),
    ...same("TiB", "Ti", "tib", "TIB"),
  };
}

/** 10^9 bytes are no whole number of MiB; who writes "4 GB" for a machine means the power of two, and is told so. */
const decimalSizes: Record<string, string> = { MB: "MiB", M: "MiB", GB: "GiB", G: "GiB", TB: "TiB", T: "TiB" };

/** What to write for a number whose unit is not known: the same amount, where it is clear, else the units there are. */
export function unitHint(kindName: string, { units }: Kind, digits: string, unit: string): string {
  const list = `units: ${Object.keys(units).join(", ")}`;
  const size =
    ["memory", "disk"].includes(kindName) && Object.hasOwn(decimalSizes, unit) ? decimalSizes[unit] : undefined;
  if (size !== undefined) return `write "${digits} ${size}" (sizes are powers of two here; ${list})`;
  const words = otherWords[kindName] ?? {};
  const [factor, known] = (Object.hasOwn(words, unit) ? words[unit] : undefined) ?? [];
  if (factor === undefined || known === undefined) return `write it with a unit that is known here (${list})`;
  const amount = factor === 1 ? digits : String(Number((Number(digits) * factor).toPrecision(12)));
  return `write "${amount} ${known}" (${list})`;
}

/**
 * What to write for a bare number: its unit is a guess that keeps the number, and for sizes one that is likely ("512" is
 * no 512 GiB).
 */
export function bareHint(kindName: string, { suggest, minimum, units }: Kind, digits: string): string {
  const value = Number(digits);
  if (kindName === "memory" && value > 64) return `write its unit, such as "${digits} MiB"`;
  if (value < minimum && kindName !== "frequency") {
    return `write its unit (units: ${Object.keys(units).join(", ")})`;
  }
  return `write "${digits} ${suggest}"`;
}

/** A number as other languages write it: "7,5" is 7.5, "1.000,5" and "1,000" may be two numbers each. */
export function numberHint(raw: string): string | undefined {
  const [, sign = "", whole = "", decimals, unit = ""] = /^([+-]?)(\d+),(\d+)\s*(\D.*)?$/.exec(raw.trim()) ?? [];
  if (decimals === undefined) return undefined;
  const written = (number: string) => `"${[sign + number, unit].filter(Boolean).join(" ")}"`;
  if (decimals.length === 3)
    return `write ${written(`${whole}.${decimals}`)}, or ${written(`${whole}${decimals}`)} if that is meant`;
  return `write ${written(`${whole}.${decimals}`)}`;
}
