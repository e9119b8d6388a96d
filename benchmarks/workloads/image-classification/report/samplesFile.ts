import { csvLine, csvRows, type Row } from "../../../metrics/csv.ts";
import { rowsIn } from "../../../report/rowsIn.ts";
import type { Photo } from "../metrics/join.ts";

const columns = [
  "repetition",
  "endpoint",
  "worker",
  "seq",
  "photo",
  "warmup",
  "bytes",
  "intendedMs",
  "sendDelayMs",
  "preprocMs",
  "endToEndMs",
  "label",
  "uplinkMs",
  "queueMs",
  "decodeMs",
  "inferenceMs",
  "respondMs",
  "downlinkMs",
  "clockUncertaintyMs",
] as const;

/** Begins the columns of traces: "traceMs cloud-edge" is where in its trace that link was. */
const tracePrefix = "traceMs ";

/** Rows written at once: enough to be fast, few enough to be small. */
const rowsAtOnce = 1000;

/**
 * samples.csv: one row a photo; spans in ms, intendedMs in ms since 1970 by the reference clock; empty: not known. A column
 * more for each trace. In blocks, since the samples of a long run are more than one string can hold.
 */
export function* sampleBlocks(photos: readonly Photo[]): Generator<string> {
  const traces = new Set<string>();
  for (const { traceMs } of photos) for (const name of Object.keys(traceMs ?? {})) traces.add(name);
  yield csvLine([...columns, ...Array.from(traces, (name) => `${tracePrefix}${name}`)]);
  for (let from = 0; from < photos.length; from += rowsAtOnce) {
    const rows = photos.slice(from, from + rowsAtOnce).map((photo) => {
      const { way, traceMs = {}, ...flat } = photo;
      const cells: Partial<Record<string, string | number | boolean>> = { ...flat, ...way };
      return csvLine([...columns.map((column) => cells[column]), ...Array.from(traces, (name) => traceMs[name])]);
    });
    yield rows.join("");
  }
}

export const formatSamples = (photos: readonly Photo[]): string => Array.from(sampleBlocks(photos)).join("");

function tracesIn(row: Record<string, string>): Pick<Photo, "traceMs"> {
  const named = Object.entries(row).filter(([column, cell]) => column.startsWith(tracePrefix) && cell !== "");
  if (named.length === 0) return {};
  return {
    traceMs: Object.fromEntries(named.map(([column, cell]) => [column.slice(tracePrefix.length), Number(cell)])),
  };
}

/** Reads a text of samples.csv back. */
export const parseSamples = (text: string): Photo[] => Array.from(csvRows([text]), photoOf);

/** Reads samples.csv back. @throws Error of the file system, or naming the row that is damaged. */
export const readSamples = (file: string): Photo[] => Array.from(rowsIn(file), photoOf);

function photoOf(row: Row): Photo {
  const number = (column: (typeof columns)[number]): number => Number(row[column]);
  const has = (column: (typeof columns)[number]): boolean => (row[column] ?? "") !== "";
  return {
    repetition: number("repetition"),
    endpoint: row.endpoint ?? "",
    worker: row.worker ?? "",
    seq: number("seq"),
    photo: row.photo ?? "",
    warmup: row.warmup === "1",
    bytes: number("bytes"),
    intendedMs: number("intendedMs"),
    sendDelayMs: number("sendDelayMs"),
    preprocMs: number("preprocMs"),
    endToEndMs: has("endToEndMs") ? number("endToEndMs") : undefined,
    label: has("endToEndMs") ? row.label : undefined,
    way: has("uplinkMs")
      ? {
          uplinkMs: number("uplinkMs"),
          queueMs: number("queueMs"),
          decodeMs: number("decodeMs"),
          inferenceMs: number("inferenceMs"),
          respondMs: number("respondMs"),
          downlinkMs: number("downlinkMs"),
          clockUncertaintyMs: number("clockUncertaintyMs"),
        }
      : undefined,
    ...tracesIn(row),
  };
}
