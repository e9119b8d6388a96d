import * as echarts from "echarts";
import type { EChartsOption } from "echarts";
import { escape } from "../format.ts";

/** ECharts writes it into attributes in double quotes as it is. */
const font = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

/** Draws a chart as SVG text, without a browser. Width and height in CSS pixels; the page scales it to its column. */
export function renderChart(option: EChartsOption, width: number, height: number, label: string): string {
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width, height });
  chart.setOption({ animation: false, textStyle: { fontFamily: font, fontSize: 13 }, ...option });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg.replace("<svg ", () => `<svg role="img" aria-label="${escape(label)}" `);
}

/** Axis looks shared by all charts. */
export const axis = {
  nameTextStyle: { color: "#5b6472", fontSize: 12 },
  axisLabel: { color: "#5b6472" },
  axisLine: { lineStyle: { color: "#c9cfd8" } },
  splitLine: { lineStyle: { color: "#eceff3" } },
} as const;
