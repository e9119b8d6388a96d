import type { FaultSpec } from "../../../components/experiment/fault.ts";
import type { Observation } from "../../metrics/observation.ts";
import { faultName } from "../../injection/faultOrders.ts";
import { smallest } from "../../metrics/extent.ts";
import { groupBy } from "../../metrics/groupBy.ts";
import { repetitionColours } from "./colours.ts";
import { axis, renderChart } from "./svg.ts";
import { thinned, type Point } from "./thinned.ts";

/** More points than this make the page heavy and show no more. */
const mostPoints = 4000;

export interface OverTimeOptions {
  faults?: readonly FaultSpec[];
  warmupS: number;
  /** Of the axis: "End to end (ms)". */
  values: string;
  /** For who can't see it. */
  label: string;
}

/** Each observation's value against the time since its repetition's start; warm-up in grey, faults shaded. */
export function overTime(
  observations: readonly Observation[],
  { faults = [], warmupS, values, label }: OverTimeOptions,
): string {
  const byRepetition = [...groupBy(observations, ({ repetition }) => repetition)];
  const most = Math.max(2, Math.floor(mostPoints / byRepetition.length));
  const points = byRepetition.map(([repetition, own]) => {
    const startMs = smallest(own.map(({ atMs }) => atMs));
    const at = (warmup: boolean): Point[] => {
      const shown = own.flatMap((one): Point[] =>
        one.value === undefined || one.warmup !== warmup
          ? []
          : [[Math.round(one.atMs - startMs) / 1000, Math.round(one.value * 10) / 10]],
      );
      return thinned(shown, most);
    };
    return { name: `Repetition ${repetition}`, measured: at(false), warmup: at(true) };
  });
  const symbolSize = observations.length > 600 ? 3 : 6;
  const scatter = (name: string, data: Point[], color: string) =>
    ({ type: "scatter", silent: true, name, data, symbolSize, itemStyle: { color, opacity: 0.75 } }) as const;
  const marks = {
    silent: true,
    itemStyle: { color: "#c0392b", opacity: 0.1 },
    label: { color: "#7b241c", fontSize: 11, position: "insideTop" },
    data: faults.map((fault) => [
      { name: faultName(fault), xAxis: warmupS + fault.atS },
      { xAxis: warmupS + fault.atS + fault.durationS },
    ]) as [object, object][],
  } as const;
  const series = points.map(({ name, measured }, i) => ({
    ...scatter(name, measured, repetitionColours[i % repetitionColours.length] ?? "#2f6fde"),
    ...(i === 0 && faults.length > 0 ? { markArea: marks } : {}),
  }));
  const warmup = points.flatMap((point) => point.warmup);
  return renderChart(
    {
      grid: { left: 70, right: 24, top: 44, bottom: 52 },
      legend: {
        selectedMode: false,
        top: 4,
        left: "center",
        itemGap: 32,
        icon: "circle",
        itemWidth: 9,
        itemHeight: 9,
        textStyle: { color: "#3b4452" },
      },
      xAxis: {
        ...axis,
        type: "value",
        name: "Time since start (s)",
        nameLocation: "middle",
        nameGap: 32,
        splitLine: { show: false },
      },
      yAxis: { ...axis, type: "value", name: values, nameLocation: "middle", nameGap: 52, min: 0 },
      series: warmup.length > 0 ? [...series, scatter("Warm-up", warmup, "#b3bac5")] : series,
    },
    920,
    340,
    label,
  );
}
