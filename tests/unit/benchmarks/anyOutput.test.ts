// Programs on the machines print what they like: it is read, or refused in words.
import fc from "fast-check";
import { formatCsv, parseCsv } from "../../../benchmarks/metrics/csv.ts";
import { parseIperf } from "../../../benchmarks/network/rate.ts";
import { parsePing } from "../../../benchmarks/network/roundTrip.ts";

const line = fc.constantFrom(
  "PING 10.0.0.1 (10.0.0.1) 56(84) bytes of data.",
  "64 bytes from 10.0.0.1: icmp_seq=1 ttl=64 time=91.5 ms",
  "64 bytes from 10.0.0.1: icmp_seq=1 ttl=64 time=91.5 ms (DUP!)",
  "64 bytes from 10.0.0.1: icmp_seq=2 ttl=64 time=0.031 ms",
  "From 10.0.0.2 icmp_seq=3 Destination Host Unreachable",
  "5 packets transmitted, 2 received, 60% packet loss, time 4ms",
  "",
  "icmp_seq= time= ms",
);

test("ping's output, whole, cut or of another kind: times of answers, or nothing", () => {
  const text = fc.oneof(
    fc.string(),
    fc.array(line).map((lines) => lines.join("\n")),
  );
  fc.assert(
    fc.property(text, fc.nat(400), (printed, cut) => {
      for (const output of [printed, printed.slice(0, cut)]) {
        const ping = parsePing(output);
        if (ping === undefined) continue;
        expect([ping.sent, ping.received, ping.meanMs, ping.sdMs, ping.p99Ms].map(Number.isFinite)).toEqual(
          Array.from({ length: 5 }, () => true),
        );
        expect(ping.received).toBeGreaterThan(0);
      }
    }),
  );
});

test("iperf3's output, whole, cut or of another kind: a rate, or an error", () => {
  const whole = JSON.stringify({ start: {}, end: { sum_received: { bits_per_second: 6890000.5 } } });
  expect(parseIperf(whole)).toBeCloseTo(6.89, 5);
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fc.nat(whole.length - 1).map((cut) => whole.slice(0, cut)),
  );
  fc.assert(
    fc.property(text, (printed) => {
      expect(() => parseIperf(printed)).toThrow(Error);
    }),
  );
});

test("cells of any text come back from CSV as they were", () => {
  const name = fc.string({ unit: "grapheme" });
  fc.assert(
    fc.property(
      fc.uniqueArray(name, { minLength: 1, maxLength: 4 }),
      fc.array(fc.array(name, { minLength: 4 })),
      (columns, rows) => {
        fc.pre(!columns.some((column) => /[",\n]/.test(column)));
        const cut = rows.map((row) => row.slice(0, columns.length));
        const back = parseCsv(formatCsv(columns, cut));
        expect(back).toEqual(cut.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i]]))));
      },
    ),
  );
});
