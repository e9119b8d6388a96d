import { parts } from "../../benchmarks/workloads/image-classification/metrics/breakdown.ts";
import type { ImageReport } from "./workload/imageReport.ts";

/** What a report says of a run's photos, as far as it is computed here again. */
export type Figures = Pick<ImageReport, "samples" | "workers" | "endpoints" | "breakdown"> & {
  endToEnd: Record<string, number>;
  lateness: Record<string, number>;
};

type Row = Record<string, string>;

/** The rows of samples.csv, read by other means than the reports are. */
export function readRows(csv: string): Row[] {
  const [header = [], ...rows] = csv
    .trimEnd()
    .split("\n")
    .map((line) => [...line.matchAll(/(?:^|,)("(?:[^"]|"")*"|[^,]*)/g)].map(([, cell = ""]) => cell));
  return rows.map((cells) => Object.fromEntries(header.map((name, i) => [name, cells[i] ?? ""])));
}

/** The same figures from samples.csv alone, by definitions of docs/benchmarks.md and no code of the benchmarks. */
export function recomputed(csv: string): Figures {
  const all = readRows(csv);
  const rows = all.filter(({ warmup }) => warmup === "0");
  const answered = rows.filter(({ endToEndMs }) => endToEndMs !== "");
  const known = rows.filter(({ uplinkMs }) => uplinkMs !== "");
  return {
    samples: {
      file: "samples.csv",
      photos: all.length,
      answered: all.filter(({ endToEndMs }) => endToEndMs !== "").length,
      warmup: all.length - rows.length,
    },
    endToEnd: summary(answered.map(({ endToEndMs }) => Number(endToEndMs))),
    lateness: summary(rows.map(({ sendDelayMs }) => Number(sendDelayMs))),
    workers: by("worker", known).map(([worker_id, own]) => {
      const delays = own.map((row) => Number(row.uplinkMs) + Number(row.queueMs));
      const arrivals = own.map((row) => Number(row.intendedMs) + Number(row.sendDelayMs) + Number(row.uplinkMs));
      const ends = own.map((row, i) => arrivals[i]! + Number(row.queueMs) + processing(row));
      return {
        worker_id,
        photos: own.length,
        total_time_s: (Math.max(...ends) - Math.min(...arrivals)) / 1000,
        delay_avg_ms: mean(delays),
        delay_stdev_ms: deviation(delays),
        delay_clock_ms: Math.max(...column(own, "clockUncertaintyMs")),
        proc_time_ms: mean(own.map(processing)),
      };
    }),
    endpoints: by("endpoint", answered).map(([endpoint_id, own]) => {
      const intended = column(own, "intendedMs");
      const latencies = column(own, "endToEndMs");
      return {
        endpoint_id,
        connected_to: own[0]?.worker ?? "",
        photos: own.length,
        total_time_s: (Math.max(...intended.map((ms, i) => ms + latencies[i]!)) - Math.min(...intended)) / 1000,
        preproc_time_ms: mean(column(own, "preprocMs")),
        data_size_avg_kB: mean(column(own, "bytes")) / 1000,
        latency_avg_ms: mean(latencies),
        latency_stdev_ms: deviation(latencies),
      };
    }),
    breakdown: by("endpoint", known).map(([endpoint, own]) => ({
      endpoint,
      worker: own[0]?.worker ?? "",
      photos: own.length,
      meanMs: Object.fromEntries(
        parts.map((part) => [part, mean(column(own, part === "lateness" ? "sendDelayMs" : `${part}Ms`))]),
      ) as ImageReport["breakdown"][number]["meanMs"],
      clockUncertaintyMs: Math.max(...column(own, "clockUncertaintyMs")),
    })),
  };
}

/** How far the parts of each photo's way are from its end-to-end time together, in ms. */
export function partsAndWhole(csv: string): number[] {
  const columns = parts.map((part) => (part === "lateness" ? "sendDelayMs" : `${part}Ms`));
  return readRows(csv)
    .filter(({ uplinkMs, endToEndMs }) => uplinkMs !== "" && endToEndMs !== "")
    .map((row) => columns.reduce((sum, name) => sum + Number(row[name]), -Number(row.endToEndMs)));
}

const column = (rows: Row[], name: string): number[] => rows.map((row) => Number(row[name]));
const processing = (row: Row): number => Number(row.decodeMs) + Number(row.inferenceMs) + Number(row.respondMs);
const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: number[]): number => {
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
};

function summary(values: number[]): Record<string, number> {
  const sorted = [...values].sort((a, b) => a - b);
  // Type 7 of Hyndman and Fan.
  const quantile = (share: number): number => {
    const at = share * (sorted.length - 1);
    const below = sorted[Math.floor(at)]!;
    return below + (at - Math.floor(at)) * (sorted[Math.ceil(at)]! - below);
  };
  const quantiles = { p50: quantile(0.5), p90: quantile(0.9), p95: quantile(0.95), p99: quantile(0.99) };
  const range = { min: sorted[0]!, max: sorted.at(-1)! };
  return { n: values.length, mean: mean(values), sd: deviation(values), ...range, ...quantiles };
}

function by(name: "worker" | "endpoint", rows: Row[]): [string, Row[]][] {
  return Object.entries(Object.groupBy(rows, (row) => row[name] ?? "")).map(([key, own = []]) => [key, own]);
}

/** To compare with: each number may be off by what the rounding of samples.csv brings about. */
export function nearly<T>(value: T): T {
  if (typeof value === "number") return expect.closeTo(value, 2) as T;
  if (Array.isArray(value)) return value.map((one: unknown) => nearly(one)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, nearly(one as unknown)])) as T;
}

/** The exit status that docs/benchmarks.md has for what a report says. */
export function statusOf({ outcome, thresholds, network }: ImageReport): number {
  const ended = { failed: 1, interrupted: 130, "not-sustained": 3 };
  if (outcome.kind !== "completed") return ended[outcome.kind];
  if (thresholds.some(({ met }) => !met)) return 4;
  return JSON.stringify(network).includes('"off"') ? 5 : 0;
}
