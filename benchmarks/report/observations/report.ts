import type { BenchmarkBase } from "../../../components/experiment/workload.ts";
import { measuredOf, valuesOf, type Metric } from "../../metrics/observation.ts";
import { distribution } from "../charts/distribution.ts";
import { overTime } from "../charts/overTime.ts";
import { figure, interval } from "../format.ts";
import type { Card } from "../page/cards.ts";
import { htmlTable, section } from "../page/html.ts";
import { runsOn } from "../runsOn.ts";
import type { Report } from "../schema.ts";
import { textTable } from "../textTable.ts";
import type { PagePart, WorkloadReport } from "../workloadReport.ts";
import { compute, counts, figures, type Figures, type MetricReport, type Observed } from "./figures.ts";
import { read, write } from "./samplesFile.ts";

/** A report of a workload that has nothing but observations to tell. */
export type ObservationReport = Omit<Report, "samples"> &
  Figures & { samples: Report["samples"] & { observations: number; failed: number; warmup: number } };

interface Told<B> {
  metrics: Readonly<Record<string, Metric>>;
  /** What machines of the worker's tier do: "ping". */
  part: string;
  /** What was asked for. */
  load: (benchmark: B) => string;
  /** Said of a completed run: "every process ended by itself". */
  sustained: string;
}

/** The report of a workload by its metrics alone: what a new workload begins with. */
export function observationReport<B extends BenchmarkBase>({
  metrics,
  part,
  load,
  sustained,
}: Told<B>): WorkloadReport<B, Observed, ObservationReport> {
  const titled = (report: ObservationReport): [Metric, MetricReport][] =>
    Object.entries(metrics).flatMap(([name, metric]): [Metric, MetricReport][] => {
      const found = report.metrics[name];
      return found === undefined ? [] : [[metric, found]];
    });
  return {
    figures,
    judged: {},
    counts,
    write,
    read,
    compute: (input) => compute(metrics, input),
    count: (samples) => ({
      observations: samples.length,
      failed: samples.filter(({ value }) => value === undefined).length,
      warmup: samples.filter(({ warmup }) => warmup).length,
    }),
    done: ({ samples: { observations, failed } }) =>
      `${observations - failed} of ${observations} observations have a value`,
    sustained,
    load,
    partsOn: (tier, { testbed, benchmark }) => (runsOn(tier, testbed, benchmark) ? [part] : []),
    tables: (report) => ({
      before: [table(titled(report)), sourceTable(titled(report))].filter(({ rows }) => rows.length > 0).map(asText),
      after: [],
    }),
    cards: (report) => titled(report).flatMap(([metric, found]) => card(metric, found)),
    parts: (report, samples) => ({ figures: pageParts(titled(report), metrics, report, samples), appendix: [] }),
    repetitions: () => ({
      header: [],
      rows: [],
      caption: "Each was kept up with when all its parts came to their end.",
    }),
    provenance: () => ({ software: [], settings: [] }),
    counted: ({ samples: { observations, failed, warmup } }) =>
      `samples.csv: ${observations} observations, ${failed} without a value, ${warmup} of the warm-up`,
  };
}

interface Table {
  header: string[];
  rows: string[][];
}

const asText = ({ header, rows }: Table): string => textTable(header, rows);

function table(metrics: readonly [Metric, MetricReport][]): Table {
  return {
    header: ["metric", "values", "failed", "mean", "95 % interval", "sd", "p50", "p95", "p99", "max", "±"],
    rows: metrics.map(([{ title }, { unit, values, failed, summary, intervals, uncertainty }]) => [
      `${title} (${unit})`,
      String(values),
      String(failed),
      ...(summary === undefined || intervals === undefined
        ? ["", "", "", "", "", "", ""]
        : [
            figure(summary.mean),
            interval(intervals.mean),
            ...[summary.sd, summary.p50, summary.p95, summary.p99, summary.max].map(figure),
          ]),
      uncertainty === undefined ? "" : figure(uncertainty),
    ]),
  };
}

function sourceTable(metrics: readonly [Metric, MetricReport][]): Table {
  return {
    header: ["machine", "metric", "values", "failed", "mean", "sd", "min", "max"],
    rows: metrics.flatMap(([{ title }, { unit, sources }]) =>
      sources.map(({ source, failed, summary }) => [
        source,
        `${title} (${unit})`,
        String(summary?.n ?? 0),
        String(failed),
        ...(summary === undefined
          ? ["", "", "", ""]
          : [summary.mean, summary.sd, summary.min, summary.max].map(figure)),
      ]),
    ),
  };
}

function card({ title, unit }: Metric, { summary, intervals }: MetricReport): Card[] {
  if (summary === undefined || intervals === undefined) return [];
  return [{ value: figure(summary.mean), unit, title: `${title}, mean`, note: `95 %: ${interval(intervals.mean)}` }];
}

function pageParts(
  titled: readonly [Metric, MetricReport][],
  metrics: Readonly<Record<string, Metric>>,
  { benchmark }: ObservationReport,
  samples: readonly Observed[],
): PagePart[] {
  const charts = Object.entries(metrics).flatMap(([name, metric]): PagePart[] => {
    const own = samples.filter((one) => one.metric === name);
    const values = valuesOf(measuredOf(own));
    if (values.length === 0) return [];
    const { title, unit, meaning } = metric;
    const axis = `${title} (${unit})`;
    const line = {
      faults: benchmark.faults,
      warmupS: benchmark.warmupS ?? 0,
      values: axis,
      label: `${title} over time`,
    };
    const curve = { values: axis, shares: "Observations (%)", label: `Distribution of ${title}` };
    return [
      {
        title: `${title} over time`,
        draw: () => section(`${title} over time`, `One dot an observation: ${meaning}.`, overTime(own, line)),
      },
      {
        title: `Distribution of ${title}`,
        draw: () =>
          section(
            `Distribution of ${title}`,
            "Share of the observations that are at most so large; warm-up left out.",
            distribution([{ metric, values }], curve),
          ),
      },
    ];
  });
  const all = table(titled);
  const own = sourceTable(titled);
  const caption =
    "Over all measured observations. The interval of the mean is a 95 % bootstrap over repetitions and the observations within them; of a single repetition it says nothing about how another run would differ. Failed: no value.";
  return [
    ...charts,
    { title: "Figures", draw: () => section("Figures", caption, htmlTable(all.header, all.rows)) },
    {
      title: "By machine",
      draw: () => section("By machine", "The same by machine or pod.", htmlTable(own.header, own.rows)),
    },
  ];
}
