import { smallest } from "../../metrics/extent.ts";
import type { Metric } from "../../metrics/observation.ts";
import { ascending, percentile } from "../../metrics/statistics.ts";
import { axis, renderChart } from "./svg.ts";

/** Points a curve; enough for a smooth line, few enough for a small page. */
const steps = 200;

export interface DistributionOptions {
  /** Of the axes: "Latency (ms)", "Photos (%)". */
  values: string;
  shares: string;
  /** For who can't see it. */
  label: string;
}

/** The empirical distribution function of each metric: the share of its values that are at most so large. */
export function distribution(
  metrics: readonly { metric: Metric; values: readonly number[] }[],
  { values: valueName, shares: shareName, label }: DistributionOptions,
): string {
  const series = metrics.flatMap(({ metric, values }, position) => {
    const sorted = ascending(values);
    if (sorted.length === 0) return [];
    const count = Math.min(steps, Math.max(2, sorted.length));
    const shares = Array.from({ length: count }, (_, i) => i / (count - 1));
    const { title, colour } = metric;
    return {
      type: "line" as const,
      silent: true,
      name: title,
      data: shares.map((share) => [Math.round(percentile(sorted, share) * 100) / 100, share * 100]),
      showSymbol: false,
      lineStyle: { width: position === 0 ? 3 : 2, color: colour },
      itemStyle: { color: colour },
    };
  });
  // A way over two clocks may come out a little below 0 where its time is within their uncertainty.
  const lowest = smallest(series.map(({ data }) => data[0]?.[0] ?? 0));
  const min = lowest < -1 ? Math.floor(lowest) : 0;
  const guide = {
    silent: true,
    symbol: "none",
    lineStyle: { color: "#9aa3af", type: "dashed" as const },
    label: { formatter: "{b}", color: "#5b6472", position: "end" as const },
    data: [
      { yAxis: 50, name: "p50" },
      { yAxis: 95, name: "p95" },
    ],
  };
  return renderChart(
    {
      grid: { left: 62, right: 48, top: 44, bottom: 52 },
      legend: {
        selectedMode: false,
        top: 4,
        left: "center",
        itemGap: 32,
        icon: "roundRect",
        itemWidth: 16,
        itemHeight: 4,
        textStyle: { color: "#3b4452" },
      },
      xAxis: {
        ...axis,
        type: "value",
        name: valueName,
        nameLocation: "middle",
        nameGap: 32,
        splitLine: { show: false },
        min,
      },
      yAxis: { ...axis, type: "value", name: shareName, nameLocation: "middle", nameGap: 42, min: 0, max: 100 },
      series: series.map((one, i) => (i === 0 ? { ...one, markLine: guide } : one)),
    },
    920,
    340,
    label,
  );
}
