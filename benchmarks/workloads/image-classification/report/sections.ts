import { largest } from "../../../metrics/extent.ts";
import { figure, percent } from "../../../report/format.ts";
import { htmlTable, section } from "../../../report/page/html.ts";
import { endpointCells, endpointHeader, latencyCells, latencyHeader, workerCells, workerHeader } from "./tables.ts";
import type { ImageReport } from "./schema.ts";

export function latencySection(report: ImageReport): string {
  const several = report.repetitions.length > 1;
  const caption = `Over all measured photos, in ms. The interval of the mean is a 95 % bootstrap over ${several ? "repetitions and the photos within them" : "the photos of the one repetition; it says nothing about how another run would differ"}. Uplink and downlink span two machines' clocks and are off by at most the last column, in opposite directions.`;
  return section("Latencies", caption, htmlTable(latencyHeader, latencyCells(report)));
}

export function continuumSection(report: ImageReport): string {
  const caption =
    "The tables of the Continuum framework, with its meaning and units. The delay runs from sending by the endpoint until the worker takes the photo up; the latency from the intended send time until the label is there.";
  return section(
    "Worker and endpoint",
    caption,
    htmlTable(workerHeader, workerCells(report.workers)) + htmlTable(endpointHeader, endpointCells(report.endpoints)),
  );
}

/** Columns of the table of repetitions. */
export function repetitions({ repetitions: all, lateness }: ImageReport) {
  const late = lateness
    ? ` The publisher sent ${figure(lateness.p50)} ms (p50) and ${figure(lateness.p99)} ms (p99) after the intended time.`
    : "";
  return {
    header: ["sent", "answered", "backlog growth", "busiest worker"],
    rows: all.map((one) => [
      `${one.sent} of ${one.planned}`,
      String(one.answered),
      figure(one.backlogGrowth),
      percent(largest(Object.values(one.busyShare), 0)),
    ]),
    caption: `Load is sustained when everything was sent and answered, no backlog built up and no worker was busy all the time.${late}`,
  };
}

export function labelSection({ accuracy }: ImageReport): string {
  if (accuracy.wrong.length === 0) return "";
  const rows = accuracy.wrong.map(({ photo, label, accepted }) => [photo, label, accepted.join(" or ")]);
  return section(
    "Wrong labels",
    "Known photos that were not answered rightly.",
    htmlTable(["photo", "label", "expected"], rows),
  );
}
