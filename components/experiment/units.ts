import { bareHint, numberHint, unitHint } from "./unitHint.ts";

export interface Kind {
  noun: string;
  /** Unit that a bare number most likely meant. */
  suggest: string;
  /** Factor to the inner unit as [multiply by, divide by]: dividing by 1000 rounds correctly, multiplying by 0.001 doesn't. */
  units: Record<string, readonly [number, number]>;
  minimum: number;
  maximum: number;
  /** Only whole numbers of the inner unit can be set up. */
  whole?: true;
}

/**
 * The quantities that an experiment file writes with a unit. The first unit of each is the one that the program computes
 * in, and the one that a field's suffix names: latencyMs, memoryMiB. Prefixes are SI (M = 10^6) but for memory and disk
 * sizes, which are powers of two and say so (MiB = 2^20).
 */
export const kinds = {
  latency: {
    noun: "latency",
    suggest: "ms",
    units: { ms: [1, 1], us: [1, 1000], s: [1000, 1] },
    minimum: 0,
    maximum: 60_000,
  },
  duration: {
    noun: "duration",
    suggest: "s",
    units: { s: [1, 1], ms: [1, 1000], min: [60, 1], h: [3600, 1] },
    minimum: 0,
    maximum: 604_800,
  },
  frequency: {
    noun: "frequency",
    suggest: "Hz",
    units: { Hz: [1, 1], mHz: [1, 1000], kHz: [1000, 1] },
    minimum: 1e-3,
    maximum: 1e5,
  },
  rate: {
    noun: "rate",
    suggest: "Mbit",
    // tc's own words (tc(8), "bit" is bit/s there), and the same with "/s".
    units: {
      Mbit: [1, 1],
      kbit: [1, 1000],
      Gbit: [1000, 1],
      "Mbit/s": [1, 1],
      "kbit/s": [1, 1000],
      "Gbit/s": [1000, 1],
    },
    minimum: 1e-3,
    maximum: 1e6,
  },
  memory: {
    noun: "memory size",
    suggest: "GiB",
    units: { MiB: [1, 1], GiB: [1024, 1], TiB: [1_048_576, 1] },
    minimum: 1,
    maximum: 16_777_216,
    whole: true,
  },
  disk: {
    noun: "disk size",
    suggest: "GiB",
    units: { GiB: [1, 1], MiB: [1, 1024], TiB: [1024, 1] },
    minimum: 2,
    maximum: 65_536,
    whole: true,
  },
  throughput: {
    noun: "throughput",
    suggest: "MB/s",
    units: { "MB/s": [1, 1], "kB/s": [1, 1000], "GB/s": [1000, 1] },
    minimum: 1e-3,
    maximum: 1e6,
  },
  percentage: { noun: "percentage", suggest: "%", units: { "%": [1, 1] }, minimum: 0, maximum: 100 },
} as const satisfies Record<string, Kind>;

export type QuantityKind = keyof typeof kinds;
export type Unit<K extends QuantityKind> = keyof (typeof kinds)[K]["units"] & string;

/** How a quantity is written: a number, a space or none, a unit of its kind. */
export type Written<K extends QuantityKind> = `${number} ${Unit<K>}` | `${number}${Unit<K>}`;

export type Parsed = { ok: true; value: number } | { ok: false; reason: string; fix: string };

const number = String.raw`(\d+(?:\.\d+)?(?:e[+-]?\d+)?)`;
const written = new RegExp(`^([+-]?)${number}(?: *)([^\\d\\s].*)?$`);

/** Reads "7.5 ms" as 7.5, in the kind's inner unit; anything else gives the reason and what to write instead. */
export function parseQuantity(kind: QuantityKind, raw: unknown): Parsed {
  const found: Kind = kinds[kind];
  const { noun, suggest, units, minimum, maximum, whole } = found;
  const example = `${minimum > 1 ? minimum : 1} ${suggest}`;
  const refuse = (what: string, fix: string): Parsed => ({ ok: false, reason: `${what} is not a ${noun}`, fix });

  if (typeof raw === "number" && raw >= 0) return refuse(String(raw), bareHint(kind, found, String(raw)));
  if (typeof raw !== "string") return refuse(JSON.stringify(raw), `write for example "${example}"`);
  const [, sign, digits, unit] = written.exec(raw.trim()) ?? [];
  if (digits === undefined || /^[.,_\d]/.test(unit ?? "")) {
    return refuse(`"${raw}"`, numberHint(raw) ?? `write for example "${example}"`);
  }
  if (unit === undefined) return refuse(`"${raw}"`, bareHint(kind, found, digits));
  const factor = Object.hasOwn(units, unit) ? units[unit] : undefined;
  if (factor === undefined) return refuse(`"${raw}"`, unitHint(kind, found, digits, unit));
  const value = (Number(digits) * factor[0]) / factor[1];
  const inner = Object.keys(units)[0] ?? suggest;
  if (sign === "-" || value < minimum) {
    return { ok: false, reason: `"${raw}" is too small for a ${noun}`, fix: `the least is ${minimum} ${inner}` };
  }
  if (value > maximum)
    return { ok: false, reason: `"${raw}" is too large for a ${noun}`, fix: `the most is ${maximum} ${inner}` };
  if (whole && !Number.isInteger(value)) {
    return {
      ok: false,
      reason: `"${raw}" is not a whole number of ${inner}`,
      fix: `write "${Math.floor(value)} ${inner}" or "${Math.ceil(value)} ${inner}"`,
    };
  }
  return { ok: true, value };
}

/** The opposite of parseQuantity, in the inner unit: 7.5 as a latency is "7.5 ms". */
export function formatQuantity(kind: QuantityKind, value: number): string {
  return `${value} ${Object.keys(kinds[kind].units)[0] ?? ""}`;
}

/** Regular expression of a written quantity, for the editors' schema. */
export function quantityPattern(kind: QuantityKind): string {
  return `^${number} *(${Object.keys(kinds[kind].units).join("|")})$`;
}
