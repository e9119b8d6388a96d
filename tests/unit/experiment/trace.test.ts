import fc from "fast-check";
import { loadTestbed } from "../../../components/experiment/whole/load.ts";
import { formatProblem } from "../../../components/experiment/problem.ts";
import { linksSchema } from "../../../components/experiment/links.ts";
import { parseCsvTrace, parseMahimahiTrace } from "../../../components/experiment/traceText.ts";
import { withoutTraceText, withTraceText } from "../../../components/experiment/traceFiles.ts";

const csv = "# made by hand\ntime s,latency ms,loss %\n0,45,0\n\n1.5, 60 ,0.5\n3,50,100\n";

test("a table: columns in any order and unit, what it leaves out stays the link's", () => {
  expect(parseCsvTrace(csv)).toEqual({
    steps: [
      { atMs: 0, latencyMs: 45, lossPercent: 0 },
      { atMs: 1500, latencyMs: 60, lossPercent: 0.5 },
      { atMs: 3000, latencyMs: 50, lossPercent: 100 },
    ],
    // The last values hold as long as those before.
    lengthMs: 4500,
    problems: [],
  });
  expect(parseCsvTrace("rate (kbit),jitter [us],time_ms\r\n500,1500,0\r\n800,0,250\r\n")).toEqual({
    steps: [
      { atMs: 0, rateMbit: 0.5, jitterMs: 1.5 },
      { atMs: 250, rateMbit: 0.8, jitterMs: 0 },
    ],
    lengthMs: 500,
    problems: [],
  });
  expect(parseCsvTrace("time s,rate Mbit\n0,5\n").lengthMs).toBe(1000);
});

const problemsOf = (text: string): string[] =>
  parseCsvTrace(text).problems.map(({ line, reason, fix }) => `${line ?? "-"}: ${reason}; ${fix}`);

test("every problem of a table at once, with its line", () => {
  expect(problemsOf("time s,latency ms,rate Mbit,loss %\n1,45,5,0\n2,-1,5,0\n2,45,0.0005,101\n3,x,5\n")).toEqual([
    "2: the first time is 1 s; let the trace begin at 0",
    '3: column latency: "-1 ms" is too small for a latency; the least is 0 ms',
    `4: column rate: "0.0005 Mbit" is too small for a rate; the least is 0.001 Mbit, or 0, an outage in which packets wait; in one of 100 % loss they don't`,
    '4: column loss: "101 %" is too large for a percentage; the most is 100 %',
    "4: time 2 s does not come after 2 s, that of the line before; put the lines in order, at least 1 ms apart",
    "5: 3 values, but the header names 4 columns; write one value for each column",
  ]);
  expect(problemsOf("when,latency,jitter h,loss %,loss %\n0,1,2,3,4\n")).toEqual([
    '1: "when" is not a column of a trace; columns are: time s,latency ms,jitter ms,rate Mbit,loss %',
    '1: column latency has no unit; write "latency ms" (units: ms, us, s)',
    '1: "h" is not a unit of column jitter; write "jitter ms" (units: ms, us, s)',
    "1: column loss is there twice; keep one of them",
    '1: there is no column time; write for example "time s,latency ms,jitter ms,rate Mbit,loss %"',
  ]);
  const header = "time s,latency ms,jitter ms,rate Mbit,loss %";
  expect(problemsOf("# nothing\n")).toEqual([
    `-: the trace is empty; write a header such as "${header}", and a line for each step`,
  ]);
  expect(problemsOf("time s,loss %\n")).toEqual(["-: the trace is empty; write a line for each step below the header"]);
  expect(problemsOf("time s\n0\n")).toEqual([`1: no column says anything of the link; write for example "${header}"`]);
});

test("a file that is something else does not fill the screen", () => {
  const text = `time s,loss %\n${"nonsense\n".repeat(5000)}`;
  expect(problemsOf(text)).toHaveLength(21);
  expect(problemsOf(text)[20]).toBe("-: and 4980 more problems; correct those above first");
  const long = Array.from({ length: 10_001 }, (_, i) => `${i},1\n`).join("");
  expect(problemsOf(`time s,loss %\n${long}`)).toEqual([
    "-: the trace has 10001 steps; use at most 10000: longer steps (mahimahi: a longer window), or a part of it",
  ]);
});

test("a mahimahi trace: packets of a window are a rate, a window without any is an outage", () => {
  // 2 packets in 0-100 ms, none in 100-300, 3 in 300-400 (the last at the very end). With the Ethernet header each is 1514 bytes.
  expect(parseMahimahiTrace("0\n60\n310\n350\n400\n", 100)).toEqual({
    steps: [
      { atMs: 0, rateMbit: 0.24224 },
      { atMs: 100, rateMbit: 0 },
      { atMs: 300, rateMbit: 0.36336 },
    ],
    lengthMs: 400,
    problems: [],
  });
});

test("outages are no reason to refuse a trace; a table's rate of 0 is one", () => {
  const sparse = Array.from(
    { length: 10_000 },
    (_, i) => `${200 * i + 1 + (i % 2)}\n${i % 2 ? `${200 * i + 3}\n` : ""}`,
  );
  const { steps, problems } = parseMahimahiTrace(sparse.join(""), 100);
  expect([steps.length, problems]).toEqual([19_999, []]);
  expect(parseCsvTrace("time s,rate Mbit\n0,5\n2,0\n3,0.0\n4,5\n").steps.map(({ rateMbit }) => rateMbit)).toEqual([
    5, 0, 0, 5,
  ]);
});

test("a mahimahi trace: what is wrong, with its line", () => {
  const wrong = (text: string) => parseMahimahiTrace(text, 100).problems;
  expect(wrong("5\n3\n-1\n4.5\n9\n").map(({ line, reason }) => `${line ?? "-"}: ${reason}`)).toEqual([
    "2: time 3 ms comes after 5 ms, that of the line before",
    '3: "-1" is not a time in whole ms',
    '4: "4.5" is not a time in whole ms',
  ]);
  expect(wrong("0\n0\n")).toHaveLength(1);
});

test("windows keep the packets of a mahimahi trace (property)", () => {
  const times = fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(times, fc.integer({ min: 1, max: 700 }), (unsorted, window) => {
      const sorted = unsorted.toSorted((a, b) => a - b);
      fc.pre((sorted.at(-1) ?? 0) > 0);
      const { steps, lengthMs } = parseMahimahiTrace(sorted.join("\n"), window);
      const bits = steps.map(
        ({ atMs, rateMbit = 0 }, i) => rateMbit * 1000 * ((steps[i + 1]?.atMs ?? lengthMs) - atMs),
      );
      expect(bits.reduce((sum, one) => sum + one, 0) / (1514 * 8)).toBeCloseTo(sorted.length, 6);
      expect(steps[0]?.atMs).toBe(0);
    }),
  );
});

const file = (link: string): string =>
  `tiers: { cloud: { count: 1 }, endpoint: { count: 1 } }\nlinks:\n  preset: 4g\n  ${link}\n`;

test("a link names its trace; both are judged in preview, the trace by its own lines", () => {
  const texts: Record<string, string> = {
    "traces/good.csv": csv,
    "traces/bad.csv": "time s,latency ms\n0,1\n2,x\n1,1\n",
  };
  const problems = (link: string): string[] => {
    const loaded = loadTestbed(file(link), undefined, (name) => texts[name]);
    return (loaded.ok ? loaded.warnings : loaded.problems).map((one) => formatProblem(one, "stacks/lab.yaml"));
  };
  expect(problems("cloud-endpoint: { trace: { file: traces/good.csv, loop: false } }")).toEqual([]);
  expect(problems("cloud-endpoint: { trace: { file: traces/bad.csv }, up: { trace: { file: none.csv } } }")).toEqual([
    "stacks/lab.yaml:4: links.cloud-endpoint.up.trace.file: there is no readable file none.csv; put it into the folder of the experiment's file, and write its path relative to that",
    'traces/bad.csv:3: links.cloud-endpoint.trace.file: column latency: "x ms" is not a latency; write for example "1 ms"',
    "traces/bad.csv:4: links.cloud-endpoint.trace.file: time 1 s does not come after 2 s, that of the line before; put the lines in order, at least 1 ms apart",
  ]);
});

test("a latency that falls below the jitter is doubtful", () => {
  const text = "time s,latency ms\n0,45\n2,3\n";
  const loaded = loadTestbed(file("cloud-endpoint: { trace: { file: x.csv } }"), undefined, () => text);
  expect(loaded.ok && loaded.warnings.map((one) => formatProblem(one))).toEqual([
    "warning: links.cloud-endpoint.trace: from 2 s on the jitter is above the latency, which asks for negative delays; netem makes them 0; give the trace's jitter with its latency, at most a third of it",
  ]);
});

test("what a trace is, in the spec: its bytes' hash, and its steps", () => {
  const { "cloud-endpoint": link } = linksSchema.parse({
    "cloud-endpoint": {
      latency: "9 ms",
      trace: { file: "x.csv", content: csv },
      up: { trace: { file: "y", content: "5\n" } },
    },
  });
  expect(link).toMatchObject({
    latencyMs: 9,
    trace: {
      file: "x.csv",
      // printf '# made by hand\ntime s,latency ms,loss %%\n0,45,0\n\n1.5, 60 ,0.5\n3,50,100\n' | sha256sum
      sha256: "ce0ca436404e64b2a40db293529ecc3dee7befcbd6a3d30254755f95356984d4",
      loop: true,
      lengthMs: 4500,
    },
    up: { latencyMs: 9, trace: { file: "y", lengthMs: 5, steps: [{ atMs: 0, rateMbit: 2.4224 }] } },
  });
});

test("text of traces comes and goes; nothing else is touched", () => {
  const args = {
    tiers: {},
    links: {
      preset: "4g",
      "cloud-edge": { trace: { file: "a" }, up: { trace: { file: "b", loop: false } } },
      "endpoint-0": { down: { trace: { file: "c", content: "given" } } },
    },
  };
  const filled = withTraceText(args, (name) => (name === "b" ? undefined : `text of ${name}`));
  expect(filled.links).toEqual({
    preset: "4g",
    "cloud-edge": { trace: { file: "a", content: "text of a" }, up: { trace: { file: "b", loop: false } } },
    "endpoint-0": { down: { trace: { file: "c", content: "given" } } },
  });
  expect(withoutTraceText(filled).links).toEqual({ ...args.links, "endpoint-0": { down: { trace: { file: "c" } } } });
});
