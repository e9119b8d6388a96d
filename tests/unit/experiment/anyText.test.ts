// Whatever a file says, reading it ends with a testbed or with problems that can be mended, never with an exception.
import fc from "fast-check";
import { readFileSync } from "node:fs";
import { loadTestbed } from "../../../components/experiment/whole/load.ts";
import { parseCsvTrace, parseMahimahiTrace, type TraceText } from "../../../components/experiment/traceText.ts";

const quickstart = readFileSync("stacks/quickstart.yaml", "utf8");

function expectAnswer(text: string): void {
  const loaded = loadTestbed(text);
  if (loaded.ok) return;
  expect(loaded.problems.length).toBeGreaterThan(0);
  for (const { reason, fix } of loaded.problems) {
    expect({ text, reason, fix }).toMatchObject({
      reason: expect.stringMatching(/\S/) as string,
      fix: expect.stringMatching(/\S/) as string,
    });
  }
}

const key = fc.constantFrom(
  "tiers",
  "cloud",
  "links",
  "preset",
  "software",
  "benchmark",
  "rate",
  "kind",
  "on",
  "count",
);
const scalar = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("4g", "1 Hz", "-1", "1e400", "null", "~", "!!float .nan", "&a 1", "*a", "2024-01-01", "0x10", "mqtt"),
  fc.integer(),
  fc.double(),
  fc.boolean(),
);
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(tie("tree"), { maxLength: 3 }),
    fc.dictionary(fc.oneof(key, fc.string()), tie("tree"), { maxKeys: 4 }),
  ),
}));

test("an experiment file of any text", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), expectAnswer), { numRuns: 150 });
  fc.assert(
    fc.property(tree, (value) => {
      expectAnswer(JSON.stringify(value));
    }),
    { numRuns: 150 },
  );
});

test("the quickstart with a piece of it missing, doubled, or replaced", () => {
  const place = fc.integer({ min: 0, max: quickstart.length });
  const edit = fc.oneof(fc.constant(""), fc.string({ unit: "binary", maxLength: 12 }), scalar.map(String));
  fc.assert(
    fc.property(place, fc.integer({ min: 0, max: 40 }), edit, fc.boolean(), (at, length, put, twice) => {
      const cut = quickstart.slice(at, at + length);
      expectAnswer(quickstart.slice(0, at) + put + (twice ? cut + cut : "") + quickstart.slice(at + length));
    }),
    { numRuns: 200 },
  );
});

/** Steps in order from 0 on within the trace's length, or a problem with its fix. */
function expectTrace(text: string, { steps, lengthMs, problems }: TraceText): void {
  for (const { reason, fix } of problems)
    expect({ text, ok: /\S/.test(reason) && /\S/.test(fix) }).toMatchObject({ ok: true });
  if (problems.length > 0) return;
  const times = steps.map(({ atMs }) => atMs);
  expect(times[0]).toBe(0);
  expect(times.every((ms, i) => Number.isFinite(ms) && (i === 0 || ms > times[i - 1]!))).toBe(true);
  expect(Number.isFinite(lengthMs) && lengthMs > times.at(-1)!).toBe(true);
}

const cell = fc.oneof(fc.constantFrom("0", "1", "2.5", "-1", "", " ", "1e9", "x", "0.0001"), fc.double().map(String));
const header = fc.constantFrom("time s", "latency ms", "jitter us", "rate Mbit", "loss %", "time_ms", "what", "");
const table = fc
  .tuple(fc.array(header, { maxLength: 5 }), fc.array(fc.array(cell, { maxLength: 5 }), { maxLength: 6 }))
  .map(([names, rows]) => [names, ...rows].map((cells) => cells.join(",")).join("\n"));

test("a table of a trace of any text", () => {
  const text = fc.oneof(fc.string({ unit: "binary" }), table);
  fc.assert(
    fc.property(text, (csv) => {
      expectTrace(csv, parseCsvTrace(csv));
    }),
    { numRuns: 500 },
  );
});

test("a mahimahi trace of any text and window", () => {
  const times = fc.array(fc.oneof(fc.nat(5000).map(String), cell)).map((lines) => lines.join("\n"));
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary" }), times), fc.integer({ min: 1, max: 5000 }), (text, windowMs) => {
      expectTrace(text, parseMahimahiTrace(text, windowMs));
    }),
    { numRuns: 500 },
  );
});
