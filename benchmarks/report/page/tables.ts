import { largest } from "../../metrics/extent.ts";
import { escape, figure, percent } from "../format.ts";
import {
  endpointCells,
  endpointHeader,
  latencyCells,
  latencyHeader,
  workerCells,
  workerHeader,
} from "../textTables.ts";
import { networkCells, networkHeader, networkNotes } from "../networkTable.ts";
import type { Report } from "../schema.ts";
import { htmlTable, raw, section } from "./html.ts";

export function latencySection(report: Report): string {
  const several = report.repetitions.length > 1;
  const caption = `Over all measured photos, in ms. The interval of the mean is a 95 % bootstrap over ${several ? "repetitions and the photos within them" : "the photos of the one repetition; it says nothing about how another run would differ"}. Uplink and downlink span two machines' clocks and are off by at most the last column, in opposite directions.`;
  return section("Latencies", caption, htmlTable(latencyHeader, latencyCells(report)));
}

export function continuumSection(report: Report): string {
  const caption =
    "The tables of the Continuum framework, with its meaning and units. The delay runs from sending by the endpoint until the worker takes the photo up; the latency from the intended send time until the label is there.";
  return section(
    "Worker and endpoint",
    caption,
    htmlTable(workerHeader, workerCells(report.workers)) + htmlTable(endpointHeader, endpointCells(report.endpoints)),
  );
}

export function networkSection({ network }: Report): string {
  if (network.length === 0) return "";
  const rows = networkCells(network).map((cells) => {
    const verdict = cells.at(-1) ?? "";
    const looks = verdict === "ok" ? "ok" : verdict.startsWith("off") ? "off" : "none";
    return [...cells.slice(0, -1), raw(`<span class="${looks}">${escape(verdict)}</span>`)];
  });
  const caption = `Measured before the run. The round trip is the latency of both ways and the ping's own time at the link's rates, the measured one less the floor, which is what the machines take without any shaping; so is the standard deviation. What was off was measured a second time. ${networkNotes(network).join(". ")}`;
  return section("Links: wanted and measured", caption, htmlTable(networkHeader, rows));
}

export function repetitionSection({ repetitions, lateness }: Report): string {
  const header = ["repetition", "sent", "answered", "backlog growth", "busiest worker", "host load", "sustained"];
  const rows = repetitions.map((one) => [
    String(one.repetition),
    `${one.sent} of ${one.planned}`,
    String(one.answered),
    figure(one.backlogGrowth),
    percent(largest(Object.values(one.busyShare), 0)),
    one.hostLoad === undefined ? "" : figure(one.hostLoad),
    raw(one.sustained ? '<span class="ok">yes</span>' : '<span class="off">no</span>'),
  ]);
  const late = lateness
    ? ` The publisher sent ${figure(lateness.p50)} ms (p50) and ${figure(lateness.p99)} ms (p99) after the intended time.`
    : "";
  const caption = `Load is sustained when everything was sent and answered, no backlog built up and no worker was busy all the time.${late}`;
  return section("Repetitions", caption, htmlTable(header, rows));
}

export function clockSection({ repetitions }: Report): string {
  const rows = repetitions.flatMap(({ repetition, clocks }) =>
    Object.entries(clocks).map(([machine, clock]) => [
      machine,
      String(repetition),
      figure(clock.offsetMs),
      figure(clock.uncertaintyMs),
      clock.driftPpm.toFixed(2),
      clock.stepMs === 0 ? "no" : raw(`<span class="off">${figure(clock.stepMs)} ms</span>`),
    ]),
  );
  const header = ["machine", "repetition", "offset (ms)", "± (ms)", "drift (ppm)", "set meanwhile"];
  const reference = repetitions[0]?.clockReference;
  const whose = reference === undefined ? "the host's" : `that of ${reference}, since the machines run on other hosts`;
  const caption = `Each machine's clock against ${whose}, by UDP echo before and after each repetition; times between are corrected by the line through both.`;
  return section("Clocks", caption, htmlTable(header, rows));
}

export function thresholdSection({ thresholds }: Report): string {
  if (thresholds.length === 0) return "";
  const rows = thresholds.map(({ text, measuredMs, met }) => [
    text,
    measuredMs === undefined ? "nothing measured" : `${figure(measuredMs)} ms`,
    raw(met ? '<span class="ok">met</span>' : '<span class="off">not met</span>'),
  ]);
  return section("Thresholds", "As the experiment asks for.", htmlTable(["threshold", "measured", ""], rows));
}

export function labelSection({ accuracy }: Report): string {
  if (accuracy.wrong.length === 0) return "";
  const rows = accuracy.wrong.map(({ photo, label, accepted }) => [photo, label, accepted.join(" or ")]);
  return section(
    "Wrong labels",
    "Known photos that were not answered rightly.",
    htmlTable(["photo", "label", "expected"], rows),
  );
}
