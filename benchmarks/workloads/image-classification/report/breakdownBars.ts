import { largest } from "../../../metrics/extent.ts";
import { parts } from "../metrics/breakdown.ts";
import type { ImageReport } from "./schema.ts";
import { figure } from "../../../report/format.ts";
import { partNames } from "./names.ts";
import { axis, renderChart } from "../../../report/charts/svg.ts";

/** Endpoints shown; more bars than this are no longer read one by one. */
const mostBars = 40;

/** Where the time goes: one bar an endpoint, one segment a part of the way, in its order. */
export function breakdownBars(breakdown: ImageReport["breakdown"]): string {
  const shown = breakdown.slice(0, mostBars);
  const wholeMs = largest(shown.map((bar) => parts.reduce((sum, part) => sum + bar.meanMs[part], 0)));
  return renderChart(
    {
      grid: { left: 16, right: 30, top: 48, bottom: 48, containLabel: true },
      legend: {
        selectedMode: false,
        top: 4,
        left: "center",
        icon: "roundRect",
        itemWidth: 12,
        itemHeight: 12,
        itemGap: 16,
        textStyle: { color: "#3b4452" },
      },
      xAxis: { ...axis, type: "value", name: "Mean time of a photo (ms)", nameLocation: "middle", nameGap: 30 },
      yAxis: {
        ...axis,
        type: "category",
        inverse: true,
        data: shown.map(({ endpoint, worker }) => `${endpoint} → ${worker}`),
        axisTick: { show: false },
      },
      series: parts.map((part) => ({
        type: "bar",
        silent: true,
        stack: "way",
        name: partNames[part].title,
        barMaxWidth: 44,
        itemStyle: { color: partNames[part].colour },
        data: shown.map((bar) => {
          const value = Math.round(bar.meanMs[part] * 100) / 100;
          // A figure only where its segment is wide enough for it.
          const show = value > wholeMs * 0.06;
          const color = part === "decode" || part === "lateness" ? "#1f2937" : "#ffffff";
          return { value, label: { show, formatter: figure(value), color, fontSize: 12 } };
        }),
      })),
    },
    920,
    120 + shown.length * 56,
    "Breakdown of the mean end-to-end time",
  );
}
