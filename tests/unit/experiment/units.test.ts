import fc from "fast-check";
import {
  formatQuantity,
  kinds,
  parseQuantity,
  quantityPattern,
  type QuantityKind,
} from "../../../components/experiment/units.ts";

const kindNames = Object.keys(kinds) as QuantityKind[];

test.each<[QuantityKind, string, number]>([
  ["latency", "7.5 ms", 7.5],
  ["latency", "7.5ms", 7.5],
  ["latency", "250 us", 0.25],
  ["latency", "0 ms", 0],
  ["duration", "300 s", 300],
  ["duration", "2 min", 120],
  ["duration", "1 h", 3600],
  ["frequency", "5 Hz", 5],
  ["frequency", "500 mHz", 0.5],
  ["rate", "7.21 Mbit", 7.21],
  ["rate", "29.66 Mbit/s", 29.66],
  ["rate", "7 kbit", 0.007],
  ["rate", "1 Gbit", 1000],
  ["memory", "1 GiB", 1024],
  ["memory", "512 MiB", 512],
  ["memory", "1.5 GiB", 1536],
  ["disk", "8 GiB", 8],
  ["throughput", "50 MB/s", 50],
  ["percentage", "0.1 %", 0.1],
])("%s: %s is %d", (kind, text, value) => {
  expect(parseQuantity(kind, text)).toEqual({ ok: true, value });
});

test.each<[QuantityKind, unknown, string, string]>([
  ["rate", 29.66, "29.66 is not a rate", 'write "29.66 Mbit"'],
  ["rate", "29,66 Mbit", '"29,66 Mbit" is not a rate', 'write "29.66 Mbit"'],
  ["rate", "1,000 Mbit", '"1,000 Mbit" is not a rate', 'write "1.000 Mbit", or "1000 Mbit" if that is meant'],
  ["rate", "1.5.3 Mbit", '"1.5.3 Mbit" is not a rate', 'write for example "1 Mbit"'],
  ["rate", "10 MB/s", '"10 MB/s" is not a rate', 'write "80 Mbit" (units: Mbit, kbit, Gbit, Mbit/s, kbit/s, Gbit/s)'],
  [
    "rate",
    "9600 bps",
    '"9600 bps" is not a rate',
    'write "9.6 kbit" (units: Mbit, kbit, Gbit, Mbit/s, kbit/s, Gbit/s)',
  ],
  ["duration", "5m", '"5m" is not a duration', 'write "5 min" (units: s, ms, min, h)'],
  ["duration", "2 days", '"2 days" is not a duration', 'write "48 h" (units: s, ms, min, h)'],
  ["latency", "7,5 ms", '"7,5 ms" is not a latency', 'write "7.5 ms"'],
  ["latency", "5 m", '"5 m" is not a latency', "write it with a unit that is known here (units: ms, us, s)"],
  ["latency", "20 µs", '"20 µs" is not a latency', 'write "20 us" (units: ms, us, s)'],
  ["latency", -3, "-3 is not a latency", 'write for example "1 ms"'],
  ["memory", 512, "512 is not a memory size", 'write its unit, such as "512 MiB"'],
  ["memory", 4, "4 is not a memory size", 'write "4 GiB"'],
  ["frequency", "2 MHz", '"2 MHz" is not a frequency', 'write "2000 kHz" (units: Hz, mHz, kHz)'],
  ["rate", "29.66", '"29.66" is not a rate', 'write "29.66 Mbit"'],
  ["rate", "5 mbit", '"5 mbit" is not a rate', 'write "5 Mbit" (units: Mbit, kbit, Gbit, Mbit/s, kbit/s, Gbit/s)'],
  ["rate", "0 Mbit", '"0 Mbit" is too small for a rate', "the least is 0.001 Mbit"],
  ["latency", "3 Hz", '"3 Hz" is not a latency', "write it with a unit that is known here (units: ms, us, s)"],
  ["latency", "-3 ms", '"-3 ms" is too small for a latency', "the least is 0 ms"],
  ["latency", "2 s 5", '"2 s 5" is not a latency', "write it with a unit that is known here (units: ms, us, s)"],
  ["latency", "fast", '"fast" is not a latency', 'write for example "1 ms"'],
  ["latency", true, "true is not a latency", 'write for example "1 ms"'],
  ["duration", 300, "300 is not a duration", 'write "300 s"'],
  [
    "memory",
    "1 GB",
    '"1 GB" is not a memory size',
    'write "1 GiB" (sizes are powers of two here; units: MiB, GiB, TiB)',
  ],
  ["memory", "0.7 MiB", '"0.7 MiB" is too small for a memory size', "the least is 1 MiB"],
  ["memory", "1000.5 MiB", '"1000.5 MiB" is not a whole number of MiB', 'write "1000 MiB" or "1001 MiB"'],
  ["disk", "512 MiB", '"512 MiB" is too small for a disk size', "the least is 2 GiB"],
  ["percentage", "101 %", '"101 %" is too large for a percentage', "the most is 100 %"],
  [
    "latency",
    "1 constructor",
    '"1 constructor" is not a latency',
    "write it with a unit that is known here (units: ms, us, s)",
  ],
])("%s: %p is refused with the fix", (kind, raw, reason, fix) => {
  expect(parseQuantity(kind, raw)).toEqual({ ok: false, reason, fix });
});

test("every quantity in range survives being written and read", () => {
  const written = fc.constantFrom(...kindNames).chain((kind) => {
    const { minimum, maximum } = kinds[kind];
    const value =
      "whole" in kinds[kind]
        ? fc.integer({ min: minimum, max: maximum })
        : fc.double({ min: minimum, max: maximum, noNaN: true }).map(Math.abs);
    return fc.record({ kind: fc.constant(kind), value });
  });
  fc.assert(
    fc.property(written, ({ kind, value }) => {
      const text = formatQuantity(kind, value);
      expect(parseQuantity(kind, text)).toEqual({ ok: true, value });
      expect(text).toMatch(new RegExp(quantityPattern(kind)));
    }),
    { numRuns: 1000 },
  );
});

test("any text at all gives a value in range, or a reason and a fix", () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: "binary" }),
    fc.stringMatching(/^[-+0-9.e]{1,6} ?[A-Za-z%/]{0,4}$/),
  );
  fc.assert(
    fc.property(fc.constantFrom(...kindNames), text, (kind, raw) => {
      const parsed = parseQuantity(kind, raw);
      if (parsed.ok) {
        expect(parsed.value).toBeGreaterThanOrEqual(kinds[kind].minimum);
        expect(parsed.value).toBeLessThanOrEqual(kinds[kind].maximum);
      } else {
        expect(parsed.reason).not.toBe("");
        expect(parsed.fix).not.toBe("");
      }
    }),
    { numRuns: 2000 },
  );
});
