import type { LinkShape, PlannedShape } from "../experiment/linkShape.ts";
import type { Trace, TraceSource } from "../experiment/trace.ts";
import { tracedFields } from "../experiment/traceText.ts";
import { limitPackets } from "./queueLimit.ts";
import type { TracePlan } from "./types.ts";

/** Many machines have the same rule: its text is written once, and shared. */
const written = new WeakMap<Trace, Map<string, string>>();

/**
 * A trace as the machines of a rule replay it: all its steps, with the queue that each of them needs.
 *
 * @param plain the rule's own shape, which holds for what the trace leaves out.
 */
export function planTrace(trace: Trace, plain: LinkShape): TracePlan {
  const known = written.get(trace) ?? new Map<string, string>();
  written.set(trace, known);
  const key = JSON.stringify(plain);
  const steps = known.get(key) ?? stepsText(trace, plain);
  known.set(key, steps);
  return { ...sourceOf(trace), steps };
}

/** A link's shape without its trace's steps: what preview shows and the outputs hold. */
export function plannedShape<S extends LinkShape>({ trace, ...plain }: S): Omit<S, "trace"> & PlannedShape {
  return { ...plain, ...(trace === undefined ? {} : { trace: sourceOf(trace) }) };
}

function stepsText({ steps }: Trace, plain: LinkShape): string {
  const least = tracedPackets(steps, plain);
  let rateMbit = plain.rateMbit;
  const lines = steps.map(({ atMs, ...own }) => {
    // An outage's queue is what it was before: there is no time at a rate of 0.
    if (own.rateMbit !== 0) rateMbit = own.rateMbit ?? plain.rateMbit;
    const limit = Math.max(least, limitPackets({ ...plain, ...own, rateMbit }));
    return [atMs, ...tracedFields.map((field) => own[field] ?? "-"), limit].join(" ");
  });
  return lines.map((line) => `${line}\n`).join("");
}

/** Room for what comes in that time at a trace's highest rate, and for no more packets than some 45 MB of a kernel's memory. */
const roomMs = 10_000;
const mostRoom = 20_000;

/**
 * The least queue of a trace that changes the rate, where none is asked for: mahimahi's own is not bounded (mm-link(1)), and what waits in an
 * outage shall not be dropped.
 */
function tracedPackets(steps: Trace["steps"], { queueMs, queuePackets }: LinkShape): number {
  const fastest = Math.max(0, ...steps.map((step) => step.rateMbit ?? 0));
  if ((queueMs ?? queuePackets) !== undefined) return 0;
  return Math.min(mostRoom, Math.ceil((fastest * roomMs * 1e3) / 12_000));
}

function sourceOf({ file, sha256, loop, lengthMs }: Trace): TraceSource {
  return { file, sha256, loop, lengthMs };
}
