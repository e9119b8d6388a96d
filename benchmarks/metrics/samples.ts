import { messageOf } from "../../providers/kit/plain/errors.ts";
import { csvRows, type Row } from "./csv.ts";

/** One photo as its endpoint saw it. Times are ms since 1970 by the endpoint's clock. */
export interface PublisherSample {
  seq: number;
  photo: string;
  intendedMs: number;
  sentMs: number;
  ackedMs?: number;
  replyMs?: number;
  label?: string;
  bytes: number;
  preprocMs: number;
  warmup: boolean;
}

/** One photo as its worker saw it. Times are ms since 1970 by the worker's clock. */
export interface WorkerSample {
  seq: number;
  endpoint: string;
  receivedMs: number;
  startedMs: number;
  decodedMs: number;
  inferredMs: number;
  repliedMs: number;
  bytes: number;
  label: string;
}

/** More than any time in ms, size or count is; sums of such figures stay finite. */
const largest = 1e15;

/** What a cell says, which a guest wrote. @throws Error naming the column where it is no figure. */
function number(row: Row, column: string): number {
  const cell = row[column] ?? "";
  const value = cell.trim() === "" ? NaN : Number(cell);
  if (Math.abs(value) <= largest) return value;
  throw new Error(`${column} is no figure: ${JSON.stringify(cell.slice(0, 40))}`);
}

const optional = (row: Row, column: string): number | undefined =>
  row[column] === undefined || row[column] === "" ? undefined : number(row, column);

/** The rows of a file down to the first damaged one, and what is wrong with that. */
export interface ReadSamples<Sample> {
  samples: Sample[];
  problem?: string;
}

/** Reads publisher.csv, ordered by seq. */
export function readPublisherSamples(text: string): ReadSamples<PublisherSample> {
  const { samples, problem } = read(text, publisherSample);
  return { samples: samples.sort((a, b) => a.seq - b.seq), problem };
}

/** Reads worker.csv, in the order of the work. */
export const readWorkerSamples = (text: string): ReadSamples<WorkerSample> => read(text, workerSample);

function read<Sample>(text: string, sampleOf: (row: Row) => Sample): ReadSamples<Sample> {
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

function publisherSample(row: Row): PublisherSample {
  const replyMs = optional(row, "replyMs");
  return {
    seq: number(row, "seq"),
    photo: row.photo ?? "",
    intendedMs: number(row, "intendedMs"),
    sentMs: number(row, "sentMs"),
    ackedMs: optional(row, "ackedMs"),
    replyMs,
    label: replyMs === undefined ? undefined : row.label,
    bytes: number(row, "bytes"),
    preprocMs: number(row, "preprocMs"),
    warmup: row.warmup === "1",
  };
}

const workerSample = (row: Row): WorkerSample => ({
  seq: number(row, "seq"),
  endpoint: row.endpoint ?? "",
  receivedMs: number(row, "receivedMs"),
  startedMs: number(row, "startedMs"),
  decodedMs: number(row, "decodedMs"),
  inferredMs: number(row, "inferredMs"),
  repliedMs: number(row, "repliedMs"),
  bytes: number(row, "bytes"),
  label: row.label ?? "",
});
