import { measuredOf, valuesOf } from "../../../metrics/observation.ts";
import { distribution } from "../../../report/charts/distribution.ts";
import { overTime } from "../../../report/charts/overTime.ts";
import { section } from "../../../report/page/html.ts";
import type { PagePart } from "../../../report/workloadReport.ts";
import type { Photo } from "../metrics/join.ts";
import { metrics, observe } from "../metrics/latency.ts";
import { latencyMetrics } from "../metrics/names.ts";
import { breakdownBars } from "./breakdownBars.ts";
import { continuumSection, latencySection } from "./sections.ts";
import type { ImageReport } from "./schema.ts";

/** What was measured; nothing where no photo was answered. */
export function figures(report: ImageReport, photos: readonly Photo[]): PagePart[] {
  if (report.samples.answered === 0) return [];
  const { faults = [], warmupS } = report.benchmark;
  const rising = `One dot a photo, from its intended send time to the label's arrival; of very many, the lowest and highest of each moment. A rising line means that the system did not keep up.${faults.length > 0 ? " Shaded: while something went wrong, as asked for." : ""}`;
  const line = { faults, warmupS, values: "End to end (ms)", label: "End-to-end latency over time" };
  const curve = { values: "Latency (ms)", shares: "Photos (%)", label: "Distribution of the latencies" };
  const curves = () =>
    latencyMetrics.map((name) => ({ metric: metrics[name], values: valuesOf(measuredOf(observe(photos, name))) }));
  return [
    {
      title: "Latency over time",
      draw: () => section("Latency over time", rising, overTime(observe(photos, "end_to_end"), line)),
    },
    {
      title: "Distribution",
      draw: () =>
        section(
          "Distribution",
          "Share of the photos that took at most so long; warm-up left out.",
          distribution(curves(), curve),
        ),
    },
    {
      title: "Where the time goes",
      draw: () =>
        report.breakdown.length > 0
          ? section(
              "Where the time goes",
              "Mean parts of the way: network in blue, queue in orange, processing in green.",
              breakdownBars(report.breakdown),
            )
          : "",
    },
    { title: "Latencies", draw: () => latencySection(report) },
    { title: "Worker and endpoint", draw: () => continuumSection(report) },
  ];
}
