import { createHash } from "node:crypto";
import { z } from "zod";
import { quantity } from "./quantity.ts";
import { parseCsvTrace, parseMahimahiTrace, type TraceStep, type TraceText } from "./traceText.ts";

export type { TraceStep } from "./traceText.ts";

export const traceFormats = ["csv", "mahimahi"] as const;

/** Where a link's values over time come from. */
export const traceSource = z.strictObject({
  /** As the experiment names it. */
  file: z.string(),
  /** Of the file's bytes. */
  sha256: z.string(),
  /** Whether it begins anew at its end; else its last values stay. */
  loop: z.boolean(),
  /** After which a loop begins anew. */
  lengthMs: z.number(),
});

export type TraceSource = z.infer<typeof traceSource>;

/** A link's values over time. They hold for as long as a run replays them; else the link has its own. */
export interface Trace extends TraceSource {
  steps: TraceStep[];
}

const traceArgs = z.strictObject({
  file: z
    .string()
    .min(1)
    .meta({
      description: "The file, relative to the experiment's.",
      examples: ["traces/4g-walk.csv"],
    }),
  format: z
    .enum(traceFormats)
    .optional()
    .meta({
      description:
        "csv: a table of time, latency, jitter, rate, loss; mahimahi: a line for each 1500 bytes that may pass. Absent: csv where the name ends so, else mahimahi.",
      examples: ["mahimahi"],
    }),
  loop: z
    .boolean()
    .prefault(true)
    .meta({ description: "Begin anew at the end; else the last values stay.", examples: [false] }),
  window: quantity("latency", {
    description: "Of a mahimahi trace: the time over which its packets are made a rate.",
    examples: ["100 ms"],
  }).prefault("100 ms"),
  content: z.string().optional().meta({
    description: "The trace itself, where a program makes it; else it is read from the file.",
  }),
});

/** Absent content: the file could not be read. Every problem of the file is an issue of its own, with its line. */
export const traceField = traceArgs
  .transform((args, context): Trace => {
    const { file, loop, content, window } = args;
    if (content === undefined) {
      const fix = "put it into the folder of the experiment's file, and write its path relative to that";
      context.issues.push({ code: "custom", input: args, path: ["file"], message: missing(file), params: { fix } });
      return z.NEVER;
    }
    if (window < 1) {
      const fix = 'write for example "100 ms"';
      const message = `a window of ${window} ms holds no time that a trace has`;
      context.issues.push({ code: "custom", input: args, path: ["window"], message, params: { fix } });
      return z.NEVER;
    }
    const { steps, lengthMs, problems } = textOf(args, content);
    for (const { line, reason, fix } of problems) {
      const params = { fix, at: { source: file, ...(line === undefined ? {} : { line }) } };
      context.issues.push({ code: "custom", input: args, path: ["file"], message: reason, params });
    }
    return { file, sha256: createHash("sha256").update(content).digest("hex"), loop, lengthMs, steps };
  })
  .meta({
    description: "Values that change with time while a benchmark runs; what the trace leaves out stays the link's own.",
    examples: [{ file: "traces/4g-walk.csv" }],
  });

const missing = (file: string): string => `there is no readable file ${file}`;

function textOf({ file, format, window }: z.output<typeof traceArgs>, content: string): TraceText {
  const kind = format ?? (/\.csv$/i.test(file) ? "csv" : "mahimahi");
  return kind === "csv" ? parseCsvTrace(content) : parseMahimahiTrace(content, Math.round(window));
}
