import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ascending, percentile } from "../../benchmarks/metrics/statistics.ts";
import type { Ping } from "../../benchmarks/network/roundTrip.ts";
import { axis, renderChart } from "../../benchmarks/report/charts/svg.ts";
import type { Figure } from "./bench.ts";

export interface NetworkMeasurements {
  accelerator: "kvm" | "tcg";
  floor: Ping;
  unshapedMbit: number;
  latency: { wantedMs: number; measuredMs: number; sdMs: number; received: number }[];
  jitter: {
    distribution: string;
    wantedMs: number;
    wantedSdMs: number;
    measuredMs: number;
    measuredSdMs: number;
    /** One way, in ms. */
    delays: number[];
  }[];
  rate: { wantedMbit: number; measuredMbit: number; shared: boolean }[];
  loss: { wantedPercent: number; sent: number; lost: number; interval: [low: number, high: number] }[];
  tcp: { steadyMbit: number; jitteryMbit: number };
  visibleS: number;
  /** What `strata verify network` finds off. */
  off: string[];
}

const docs = join(import.meta.dirname, "../../docs");
const marks = ["<!-- measured: begin -->", "<!-- measured: end -->"] as const;

/** Writes the figures into docs/network.md, between its marks, and the plots beside it. */
export function writeNetworkFigures(measured: NetworkMeasurements, figures: readonly Figure[]): void {
  const file = join(docs, "network.md");
  const text = readFileSync(file, "utf8");
  const [before, rest] = text.split(marks[0]);
  const after = rest?.split(marks[1])[1];
  if (before === undefined || after === undefined) throw new Error(`docs/network.md has no ${marks.join(" and ")}`);
  mkdirSync(join(docs, "network"), { recursive: true });
  writeFileSync(join(docs, "network/jitter.svg"), jitterPlot(measured));
  writeFileSync(join(docs, "network/latency.svg"), errorPlot(measured));
  writeFileSync(file, `${before}${marks[0]}\n\n${section(measured, figures)}\n${marks[1]}${after}`);
}

function section({ accelerator, floor, unshapedMbit }: NetworkMeasurements, figures: readonly Figure[]): string {
  const processor = accelerator === "tcg" ? "emulated (TCG)" : "hardware-accelerated (KVM)";
  const rows = figures.map(({ name, measured, limit, unit, detail }) => {
    const verdict = measured <= limit ? "" : " **missed**";
    return (
      `| ${name} | ${number(measured)} ${unit}`.trimEnd() +
      `${verdict} | ${number(limit)} ${unit}`.trimEnd() +
      ` | ${detail} |`
    );
  });
  return `Measured on ${new Date().toISOString().slice(0, 10)} by \`npm run bench -- network\` between two ${processor} machines. Without any rule a
round trip takes ${floor.meanMs.toFixed(2)} ms (standard deviation ${floor.sdMs.toFixed(2)} ms), and one TCP flow gets ${unshapedMbit.toFixed(0)} Mbit/s.

| What | Measured | Limit | From |
| --- | --- | --- | --- |
${rows.join("\n")}

![Error of the mean one-way latency against the limit](network/latency.svg)

![Distribution of one-way delays for each kind of jitter](network/jitter.svg)
`;
}

function number(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}

/** The empirical distribution function of the delays under each kind of jitter. */
function jitterPlot({ jitter }: NetworkMeasurements): string {
  const colours = ["#2f6fde", "#1f2937", "#e5733d", "#2f9e6e"];
  const series = jitter.map(({ distribution, wantedMs, wantedSdMs, delays }, i) => {
    const sorted = ascending(delays);
    const shares = Array.from({ length: 200 }, (_, step) => step / 199);
    return {
      type: "line" as const,
      silent: true,
      name: `${wantedMs} ± ${wantedSdMs} ms, ${distribution}`,
      showSymbol: false,
      data: shares.map((share) => [Math.round(percentile(sorted, share) * 100) / 100, share * 100]),
      lineStyle: { color: colours[i], width: 2 },
      itemStyle: { color: colours[i] },
    };
  });
  return chart(
    "One-way delay (ms)",
    "Packets that took at most so long (%)",
    series,
    "Distribution of one-way delays for each kind of jitter",
  );
}

/** Error of the mean, with its standard error, beside the limits. */
function errorPlot({ latency }: NetworkMeasurements): string {
  const names = latency.map(({ wantedMs }) => `${wantedMs} ms`);
  const limits = latency.map(({ wantedMs }) => Math.max(0.3, 0.01 * wantedMs));
  const line = (data: number[], name: string) => ({
    type: "line" as const,
    silent: true,
    name,
    data,
    step: "middle" as const,
    showSymbol: false,
    lineStyle: { color: "#9aa3af", type: "dashed" as const },
    itemStyle: { color: "#9aa3af" },
  });
  const errors = latency.map(({ wantedMs, measuredMs }) => Math.round((measuredMs - wantedMs) * 1000) / 1000);
  const bars = {
    type: "bar" as const,
    silent: true,
    name: "error",
    data: errors,
    barWidth: 40,
    itemStyle: { color: "#2f6fde" },
  };
  return renderChart(
    {
      grid: { left: 70, right: 24, top: 44, bottom: 52 },
      legend: { selectedMode: false, top: 4, data: ["error", "limit"] },
      xAxis: {
        ...axis,
        type: "category",
        data: names,
        name: "Wanted one-way latency",
        nameLocation: "middle",
        nameGap: 32,
      },
      yAxis: { ...axis, type: "value", name: "Error of the mean (ms)", nameLocation: "middle", nameGap: 48 },
      series: [
        bars,
        line(limits, "limit"),
        line(
          limits.map((limit) => -limit),
          "limit",
        ),
      ],
    },
    720,
    320,
    "Error of the mean one-way latency against the limit",
  );
}

function chart(x: string, y: string, series: object[], label: string): string {
  return renderChart(
    {
      grid: { left: 62, right: 24, top: 56, bottom: 52 },
      legend: { selectedMode: false, top: 4, icon: "roundRect", itemHeight: 4, itemWidth: 16 },
      xAxis: { ...axis, type: "value", name: x, nameLocation: "middle", nameGap: 32, scale: true },
      yAxis: { ...axis, type: "value", name: y, nameLocation: "middle", nameGap: 44, min: 0, max: 100 },
      series: series,
    },
    720,
    360,
    label,
  );
}
