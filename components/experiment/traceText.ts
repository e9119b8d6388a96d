import { kinds, parseQuantity, type QuantityKind } from "./units.ts";

/** What of a link's shape a trace may change. */
export const tracedFields = ["latencyMs", "jitterMs", "rateMbit", "lossPercent"] as const;

type TracedField = (typeof tracedFields)[number];

/** From a moment on: what a trace says of a link. A field that it leaves out stays the link's own. */
export interface TraceStep extends Partial<Record<TracedField, number>> {
  /** Since the trace's start, whole ms. */
  atMs: number;
}

/** What is wrong with a line of a trace. */
export interface TraceProblem {
  /** Counted from 1; absent: the file as a whole. */
  line?: number;
  reason: string;
  fix: string;
}

export interface TraceText {
  /** At least one where there is no problem; the first at 0. */
  steps: TraceStep[];
  /** After which a loop begins anew. */
  lengthMs: number;
  problems: TraceProblem[];
}

/** The longest trace, in steps: each goes to every machine that replays it, and through Pulumi's state. */
const mostSteps = 10_000;

/** A file that is none at all would fill the screen. */
const mostProblems = 20;

/** Columns of a CSV trace, with the kind of quantity that each holds. */
const columns = {
  time: "duration",
  latency: "latency",
  jitter: "latency",
  rate: "rate",
  loss: "percentage",
} as const satisfies Record<string, QuantityKind>;

const columnOf = {
  latencyMs: "latency",
  jitterMs: "jitter",
  rateMbit: "rate",
  lossPercent: "loss",
} as const satisfies Record<TracedField, Column>;

type Column = keyof typeof columns;
type Heading = { column: Column; unit: string };

const heading = /^([a-z]+)[ _]*[([]?([^)\]]*?)[)\]]?$/;
const header = "time s,latency ms,jitter ms,rate Mbit,loss %";

/**
 * Reads a table of a link's values over time. The first line names the columns and their units (as in `header`, any
 * order, only `time` is needed); lines that are empty or begin with # are passed over. Values hold from their time on; the
 * last ones as long as those before them did, which is where a loop begins anew.
 */
export function parseCsvTrace(text: string): TraceText {
  const lines = contentOf(text);
  const [first, ...rows] = lines;
  if (first === undefined) return bad([emptyFile(`write a header such as "${header}", and a line for each step`)]);
  const headings = first.text.split(",").map((cell) => headingOf(cell.trim()));
  const problems: TraceProblem[] = [
    ...headings.flatMap((one) => ("reason" in one ? [{ line: first.number, ...one }] : [])),
    ...headingProblems(headings.filter((one) => "column" in one)).map((one) => ({ line: first.number, ...one })),
  ];
  if (problems.length > 0) return bad(problems);
  if (rows.length === 0) return bad([emptyFile("write a line for each step below the header")]);
  const steps: TraceStep[] = [];
  for (const { number, text: row } of rows) {
    const { step, problems: wrong } = rowOf(row, headings as Heading[]);
    const before = steps.at(-1)?.atMs;
    problems.push(...[...wrong, ...timeProblems(step.atMs, before)].map((one) => ({ line: number, ...one })));
    steps.push(step);
  }
  if (problems.length > 0) return bad(problems);
  const [last = 0, previous] = [steps.at(-1)?.atMs, steps.at(-2)?.atMs];
  return limited({ steps, lengthMs: previous === undefined ? 1000 : 2 * last - previous, problems });
}

/** "latency ms", also written "latency (ms)", "latency [ms]" or "latency_ms". */
function headingOf(cell: string): Heading | Omit<TraceProblem, "line"> {
  const [, name = "", unit = ""] = heading.exec(cell) ?? [];
  if (!Object.hasOwn(columns, name)) {
    return { reason: `"${cell}" is not a column of a trace`, fix: `columns are: ${header}` };
  }
  const column = name as Column;
  const units = Object.keys(kinds[columns[column]].units);
  if (units.includes(unit)) return { column, unit };
  return {
    reason: unit === "" ? `column ${name} has no unit` : `"${unit}" is not a unit of column ${name}`,
    fix: `write "${name} ${units[0] ?? ""}" (units: ${units.join(", ")})`,
  };
}

function headingProblems(headings: readonly Heading[]): Omit<TraceProblem, "line">[] {
  const names = headings.map(({ column }) => column);
  const twice = names.filter((name, i) => names.indexOf(name) !== i);
  return [
    ...twice.map((name) => ({ reason: `column ${name} is there twice`, fix: "keep one of them" })),
    ...(names.includes("time") ? [] : [{ reason: "there is no column time", fix: `write for example "${header}"` }]),
    ...(names.some((name) => name !== "time")
      ? []
      : [{ reason: "no column says anything of the link", fix: `write for example "${header}"` }]),
  ];
}

function rowOf(row: string, headings: readonly Heading[]): { step: TraceStep; problems: Omit<TraceProblem, "line">[] } {
  const cells = row.split(",").map((cell) => cell.trim());
  if (cells.length !== headings.length) {
    const reason = `${cells.length} values, but the header names ${headings.length} columns`;
    return { step: { atMs: NaN }, problems: [{ reason, fix: "write one value for each column" }] };
  }
  const problems: Omit<TraceProblem, "line">[] = [];
  const values: Partial<Record<Column, number>> = {};
  headings.forEach(({ column, unit }, i) => {
    const parsed = parseQuantity(columns[column], `${cells[i] ?? ""} ${unit}`);
    // A link without any rate for a time: what it is sent waits.
    if (column === "rate" && /^0+(\.0*)?$/.test(cells[i] ?? "")) values[column] = 0;
    else if (parsed.ok) values[column] = parsed.value;
    else problems.push({ reason: `column ${column}: ${parsed.reason}`, fix: fixOf(column, parsed.fix) });
  });
  const step: TraceStep = { atMs: Math.round((values.time ?? NaN) * 1000) };
  for (const field of tracedFields) {
    const value = values[columnOf[field]];
    if (value !== undefined) step[field] = value;
  }
  return { step, problems };
}

const fixOf = (column: Column, fix: string): string =>
  column === "rate" && fix.startsWith("the least")
    ? `${fix}, or 0, an outage in which packets wait; in one of 100 % loss they don't`
    : fix;

function timeProblems(atMs: number, before: number | undefined): Omit<TraceProblem, "line">[] {
  if (Number.isNaN(atMs)) return [];
  if (before === undefined) {
    return atMs === 0 ? [] : [{ reason: `the first time is ${atMs / 1000} s`, fix: "let the trace begin at 0" }];
  }
  if (Number.isNaN(before) || atMs > before) return [];
  const reason = `time ${atMs / 1000} s does not come after ${before / 1000} s, that of the line before`;
  return [{ reason, fix: "put the lines in order, at least 1 ms apart" }];
}

/**
 * What each line of a mahimahi trace lets go (mm-link(1)): an IP packet of 1500 bytes. A rate here counts the Ethernet header, too,
 * as the machines' queues do.
 */
const packetBits = 1514 * 8;

/**
 * Reads a mahimahi trace (a line for each opportunity to send 1500 bytes: whole ms since the start, in order; several at
 * once are several lines) as rates over windows. A window without any is an outage, a rate of 0.
 *
 * @param windowMs length of a window.
 */
export function parseMahimahiTrace(text: string, windowMs: number): TraceText {
  const lines = contentOf(text);
  const times: number[] = [];
  const problems: TraceProblem[] = [];
  for (const { number, text: cell } of lines) {
    const before = times.at(-1) ?? 0;
    const ms = Number(cell);
    const parsed = parseQuantity("duration", `${cell} ms`);
    if (!/^\d+$/.test(cell)) {
      const reason = `"${cell}" is not a time in whole ms`;
      problems.push({ line: number, reason, fix: "write one number a line, or name a table of values .csv" });
    } else if (ms < before) {
      const reason = `time ${ms} ms comes after ${before} ms, that of the line before`;
      problems.push({ line: number, reason, fix: "put the lines in order" });
    } else if (!parsed.ok) {
      problems.push({ line: number, reason: parsed.reason, fix: "count the times from the trace's start" });
    } else times.push(ms);
  }
  const lengthMs = times.at(-1) ?? 0;
  if (problems.length > 0) return bad(problems);
  if (lengthMs === 0) return bad([emptyFile("write a line for each 1500 bytes that may pass: the time in ms")]);
  return limited({ steps: windowsOf(times, windowMs, lengthMs), lengthMs, problems });
}

/** An opportunity at the very end belongs to the last window, as the trace ends with it. */
function windowsOf(times: readonly number[], windowMs: number, lengthMs: number): TraceStep[] {
  const last = Math.ceil(lengthMs / windowMs) - 1;
  const steps: TraceStep[] = [];
  const begin = (atMs: number, rateMbit: number): void => {
    if (steps.at(-1)?.rateMbit !== rateMbit) steps.push({ atMs, rateMbit });
  };
  let next = 0;
  for (const [window, own] of Map.groupBy(times, (ms) => Math.min(last, Math.floor(ms / windowMs)))) {
    if (window > next) begin(next * windowMs, 0);
    next = window + 1;
    const [fromMs, endMs] = [window * windowMs, Math.min(next * windowMs, lengthMs)];
    begin(fromMs, (own.length * packetBits) / (endMs - fromMs) / 1000);
  }
  return steps;
}

interface Line {
  number: number;
  text: string;
}

function contentOf(text: string): Line[] {
  return text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .map((line, i) => ({ number: i + 1, text: line.trim() }))
    .filter((line) => line.text !== "" && !line.text.startsWith("#"));
}

const emptyFile = (fix: string): TraceProblem => ({ reason: "the trace is empty", fix });

function limited(trace: TraceText): TraceText {
  // A mahimahi trace's outages come on top: at most one before each other step.
  const { length } = trace.steps.filter(({ rateMbit }) => rateMbit !== 0);
  if (length <= mostSteps) return trace;
  const reason = `the trace has ${length} steps`;
  return bad([{ reason, fix: `use at most ${mostSteps}: longer steps (mahimahi: a longer window), or a part of it` }]);
}

function bad(problems: TraceProblem[]): TraceText {
  const more = problems.length - mostProblems;
  const rest: TraceProblem = { reason: `and ${more} more problems`, fix: "correct those above first" };
  return { steps: [], lengthMs: 0, problems: more > 0 ? [...problems.slice(0, mostProblems), rest] : problems };
}
