import { csvLine, type Row } from "../../metrics/csv.ts";
import { number, optional } from "../../metrics/rows.ts";
import { rowsIn } from "../rowsIn.ts";
import type { Observed } from "./figures.ts";

const columns = [
  "repetition",
  "source",
  "metric",
  "atMs",
  "warmup",
  "value",
  "failure",
  "uncertainty",
] as const satisfies readonly (keyof Observed)[];

/** Rows written at once: enough to be fast, few enough to be small. */
const rowsAtOnce = 1000;

/** samples.csv: one row an observation; atMs in ms since 1970 by the reference clock, values in the metric's unit; empty: none. */
export function* write(samples: readonly Observed[]): Generator<string> {
  yield csvLine(columns);
  for (let from = 0; from < samples.length; from += rowsAtOnce) {
    yield samples
      .slice(from, from + rowsAtOnce)
      .map((sample) => csvLine(columns.map((column) => sample[column])))
      .join("");
  }
}

/** Reads it back. @throws Error of the file system, or naming what is damaged. */
export const read = (file: string): Observed[] => Array.from(rowsIn(file), observedOf);

function observedOf(row: Row): Observed {
  const value = optional(row, "value");
  return {
    repetition: number(row, "repetition"),
    source: row.source ?? "",
    metric: row.metric ?? "",
    atMs: number(row, "atMs"),
    warmup: row.warmup === "1",
    ...(value === undefined ? { failure: row.failure ?? "" } : { value }),
    uncertainty: optional(row, "uncertainty"),
  };
}
