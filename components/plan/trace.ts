import type { LinkShape } from "../spec/link.ts";
import type { Trace, TraceSource } from "../spec/trace.ts";
import { limitPackets } from "./queueLimit.ts";
import type { PlannedShape, TracePlan } from "./types.ts";

/** Many machines have the same rule: its text is written once, and shared. */
const written = new WeakMap<Trace, Map<string, string>>();

/**
 * A trace as the machines of a rule play it: all its steps, with the queue that each of them needs.
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
  const lines = steps.map(({ atMs, ...own }) => {
    const limit = limitPackets({ ...plain, ...own });
    return [atMs, own.latencyMs, own.jitterMs, own.rateMbit, own.lossPercent, limit].map((one) => one ?? "-").join(" ");
  });
  return lines.map((line) => `${line}\n`).join("");
}

function sourceOf({ file, sha256, loop, lengthMs }: Trace): TraceSource {
  return { file, sha256, loop, lengthMs };
}
