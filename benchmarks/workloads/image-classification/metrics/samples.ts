import type { Row } from "../../../metrics/csv.ts";
import { number, optional, readRows, type ReadSamples } from "../../../metrics/rows.ts";

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

/** Reads publisher.csv, ordered by seq. */
export function readPublisherSamples(text: string): ReadSamples<PublisherSample> {
  const { samples, problem } = readRows(text, publisherSample);
  return { samples: samples.sort((a, b) => a.seq - b.seq), problem };
}

/** Reads worker.csv, in the order of the work. */
export const readWorkerSamples = (text: string): ReadSamples<WorkerSample> => readRows(text, workerSample);

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
