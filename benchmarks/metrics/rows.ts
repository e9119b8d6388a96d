import { messageOf } from "../../providers/kit/plain/errors.ts";
import { csvRows, type Row } from "./csv.ts";

/** More than any time in ms, size or count is; sums of such figures stay finite. */
const largest = 1e15;

/** What a cell says, which a guest wrote. @throws Error naming the column where it is no figure. */
export function number(row: Row, column: string): number {
  const cell = row[column] ?? "";
  const value = cell.trim() === "" ? NaN : Number(cell);
  if (Math.abs(value) <= largest) return value;
  throw new Error(`${column} is no figure: ${JSON.stringify(cell.slice(0, 40))}`);
}

/** The same; undefined where the cell is empty. */
export const optional = (row: Row, column: string): number | undefined =>
  row[column] === undefined || row[column] === "" ? undefined : number(row, column);

/** The rows of a file down to the first damaged one, and what is wrong with that. */
export interface ReadSamples<Sample> {
  samples: Sample[];
  problem?: string;
}

/** Reads a part's samples. Never throws. @param sampleOf throws Error where a row is none. */
export function readRows<Sample>(text: string, sampleOf: (row: Row) => Sample): ReadSamples<Sample> {
  const samples: Sample[] = [];
  try {
    for (const row of csvRows([text])) samples.push(named(samples.length + 1, () => sampleOf(row)));
    return { samples };
  } catch (error) {
    return { samples, problem: messageOf(error) };
  }
}

/** @throws Error of the work with the row's number before it. */
function named<Sample>(position: number, work: () => Sample): Sample {
  try {
    return work();
  } catch (error) {
    throw new Error(`row ${position}: ${messageOf(error)}`, { cause: error });
  }
}
