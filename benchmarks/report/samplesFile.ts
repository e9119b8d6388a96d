import { formatCsv, parseCsv } from "../metrics/csv.ts";
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

/**
 * samples.csv: one row a photo; spans in ms, intendedMs in ms since 1970 by the reference clock; empty: not known. A column
 * more for each trace.
 */
export function formatSamples(photos: readonly Photo[]): string {
  const traces = [...new Set(photos.flatMap(({ traceMs = {} }) => Object.keys(traceMs)))];
  return formatCsv(
    [...columns, ...traces.map((name) => `${tracePrefix}${name}`)],
    photos.map((photo) => {
      const { way, traceMs = {}, ...flat } = photo;
      const cells: Partial<Record<string, string | number | boolean>> = { ...flat, ...way };
      return [...columns.map((column) => cells[column]), ...traces.map((name) => traceMs[name])];
    }),
  );
}

function tracesIn(row: Record<string, string>): Pick<Photo, "traceMs"> {
  const named = Object.entries(row).filter(([column, cell]) => column.startsWith(tracePrefix) && cell !== "");
  if (named.length === 0) return {};
  return {
    traceMs: Object.fromEntries(named.map(([column, cell]) => [column.slice(tracePrefix.length), Number(cell)])),
  };
}

/** Reads samples.csv back. */
export function parseSamples(text: string): Photo[] {
  return parseCsv(text).map((row) => {
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
  });
}
