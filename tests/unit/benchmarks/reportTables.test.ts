import fc from "fast-check";
import { XMLParser } from "fast-xml-parser";
import type { LinkCheck } from "../../../benchmarks/network/result.ts";
import { phaseCells, podCells } from "../../../benchmarks/report/clusterTables.ts";
import { escape, figure, interval, percent, withUncertainty } from "../../../benchmarks/report/format.ts";
import { networkCells, networkHeader, networkNotes, networkText } from "../../../benchmarks/report/networkTable.ts";
import { htmlTable } from "../../../benchmarks/report/page/html.ts";
import { textTable } from "../../../benchmarks/report/textTable.ts";

const word = fc.stringMatching(/^[!-~]{1,12}$/);
const cell = fc.oneof(
  fc.array(word, { maxLength: 6 }).map((words) => words.join(" ")),
  fc.stringMatching(/^[!-~]{60,140}$/),
);
const table = fc.integer({ min: 1, max: 12 }).chain((columns) => {
  const row = fc.array(cell, { minLength: columns, maxLength: columns });
  const titles = fc.array(fc.stringMatching(/^[a-z]{1,8}( [a-z]{1,8})?$/), { minLength: columns, maxLength: columns });
  return fc.record({ titles, rows: fc.array(row, { maxLength: 4 }) });
});

describe("a table of text", () => {
  test("fits 100 columns, whatever is in it, and holds every character of it", () => {
    fc.assert(
      fc.property(table, ({ titles, rows }) => {
        const header = ["§", ...titles.slice(1)];
        const text = textTable(header, rows);
        for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
        const letters = (all: string): string[] => all.replaceAll(/[\s─]/g, "").split("").sort();
        // Parts below each other name the rows, and the first column, again.
        const parts = text.split("§").length - 1;
        const again = ["§", ...rows.map((row) => row[0] ?? "")].join("").repeat(parts - 1);
        expect(letters(text)).toEqual(letters([...header, ...rows.flat()].join("") + again));
      }),
    );
  });

  test("a line break in a cell is a blank: rows stay rows", () => {
    expect(textTable(["a", "b"], [["x", "one\ntwo\tthree"]])).toBe(
      "a              b\n─  ─────────────\nx  one two three\n",
    );
  });

  test("of no rows is its header", () => {
    expect(textTable(["link", "RTT"], [])).toBe("link  RTT\n────  ───\n");
  });
});

const check = (more: Partial<LinkCheck>): LinkCheck => ({
  ...{ link: "cloud-edge", from: "cloud-0", to: "edge-0" },
  roundTrip: { wantedMs: 15, measuredMs: 14.9, floorMs: 1.3, wantedSdMs: 3.54, measuredSdMs: 3.7, verdict: "ok" },
  ...more,
});
const row = (more: Partial<LinkCheck>) => {
  const [cells = []] = networkCells([check(more)]);
  expect(cells).toHaveLength(networkHeader.length);
  return Object.fromEntries(networkHeader.map((title, i) => [title, cells[i]]));
};

describe("the table of links", () => {
  test("has an error with its sign, and dashes for what there is not", () => {
    expect(row({})).toEqual({
      ...{ link: "cloud-edge", "RTT (ms)": "14.9", "RTT wanted": "15.0", error: "-0.10", floor: "1.30", p99: "–" },
      ...{ "sd (ms)": "3.70", "sd wanted": "3.54", lost: "–", "loss wanted (%)": "–", verdict: "ok" },
      ...{ "down (Mbit/s)": "–", "down wanted": "unlimited", "up (Mbit/s)": "–", "up wanted": "unlimited" },
    });
    const { roundTrip } = check({});
    expect(row({ roundTrip: { ...roundTrip, measuredMs: 15.25 } }).error).toBe("+0.25");
  });

  test("names what is off before what nobody knows, each once", () => {
    const silent = { wantedMs: 15, wantedSdMs: 3.54, verdict: "not measured" as const, note: "no answer in 10 s" };
    const rate = { wantedMbit: 7.21, verdict: "off" as const, measuredMbit: 3 };
    const lost = { wantedPercent: 1, sent: 500, lost: 40, verdict: "off" as const };
    const more = { roundTrip: silent, jitter: "not measured" as const, rate, loss: lost };
    expect(row(more)).toMatchObject({
      "RTT (ms)": "–",
      error: "–",
      lost: "40 of 500",
      "up (Mbit/s)": "3.00",
      "up wanted": "7.21",
      verdict: "off: loss, rate up; not measured: round trip, jitter",
    });
  });

  test("is followed by why something was not measured, one sentence a link", () => {
    const note = "above 100 Mbit/s the processor would be measured";
    const fast = { wantedMbit: 1000, verdict: "not measured" as const, note };
    const checks = [check({ rate: fast, rateDown: fast }), check({ link: "cloud-cloud" })];
    expect(networkNotes(checks)).toEqual([`cloud-edge: ${note}`]);
    expect(networkText(checks).endsWith(`\n\ncloud-edge: ${note}\n`)).toBe(true);
    expect(
      networkText([check({})])
        .trimEnd()
        .endsWith("ok"),
    ).toBe(true);
  });
});

test("a phase's machines are one row: the first beginning, the longest, the last end; days apart are told", () => {
  const phase = (name: string, machine: string, startedAt: string, seconds: number) => ({
    ...{ name, machine, startedAt, seconds },
  });
  expect(
    phaseCells([
      phase("boot", "cloud-0", "2026-03-04T10:00:05Z", 10),
      phase("boot", "edge-0", "2026-03-04T10:00:00Z", 11.5),
      phase("mqtt", "edge-0", "2026-03-06T23:59:59Z", 2),
    ]),
  ).toEqual([
    ["boot", "2", "2026-03-04 10:00:00", "11.5", "2026-03-04 10:00:15"],
    ["mqtt", "1", "2026-03-06 23:59:59", "2.00", "2026-03-07 00:00:01"],
  ]);
});

test("of a pod that was never scheduled there is its state and nothing else", () => {
  const pod = { name: "worker-1", restarts: 0, createdAt: "2026-03-04T10:00:00Z", standing: "Pending" };
  expect(podCells([pod, { ...pod, node: "cloud-1", scheduledS: 0, readyS: 12.4 }])).toEqual([
    ["worker-1", "–", "–", "–", "–", "–", "0", "Pending"],
    ["worker-1", "cloud-1", "0", "–", "–", "12", "0", "Pending"],
  ]);
});

test.each([
  [1234.5, "1235"],
  [-123.45, "-123.5"],
  [12.345, "12.3"],
  [1.005, "1.00"],
  [0.004, "0.00"],
  [-0.004, "0.00"],
  [NaN, "–"],
  [Infinity, "–"],
])("the figure %d reads %s", (value, text) => {
  expect(figure(value)).toBe(text);
});

test("shares, intervals and uncertainties", () => {
  expect([0.004, 0.0999, 0.1, 0.123, 1].map(percent)).toEqual(["0.4 %", "10.0 %", "10 %", "12 %", "100 %"]);
  expect(interval({ low: 9.999, high: 1000.4 })).toBe("10.00 … 1000");
  expect([withUncertainty(293.44, 0.2), withUncertainty(293.44, undefined)]).toEqual(["293.4 ± 0.20", "293.4"]);
});

test("any text in a cell of the page, or in an attribute, is that text and no markup", () => {
  const parser = new XMLParser({ ignoreAttributes: false, trimValues: false, parseTagValue: false });
  const text = fc.string({ unit: fc.constantFrom("<", ">", "&", '"', "'", " ", "a", ";", "#") });
  fc.assert(
    fc.property(text, (said) => {
      const html = htmlTable([said], [[said]]);
      expect(html.match(/<[a-z/]+/g)).toEqual(htmlTable(["x"], [["x"]]).match(/<[a-z/]+/g));
      const read = parser.parse(`<a title="${escape(said)}">.${escape(said)}</a>`) as {
        a: { "#text": string; "@_title"?: string };
      };
      expect([read.a["@_title"] ?? "", read.a["#text"]]).toEqual([said, `.${said}`]);
    }),
  );
});
