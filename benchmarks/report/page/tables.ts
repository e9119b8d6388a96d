import { escape, figure } from "../format.ts";
import { networkCells, networkHeader, networkNotes } from "../networkTable.ts";
import type { Workload } from "../../workload.ts";
import type { Report } from "../schema.ts";
import { spreadCells, spreadHeader } from "../spread.ts";
import { htmlTable, raw, section, type Html } from "./html.ts";

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

/** @param told the workload's columns, between the repetition's number and the host's load. */
export function repetitionSection(
  { repetitions }: Report,
  told: { header: string[]; rows: (string | Html)[][]; caption: string },
): string {
  const header = ["repetition", ...told.header, "host load", "sustained"];
  const rows = repetitions.map((one, i) => [
    String(one.repetition),
    ...(told.rows[i] ?? []),
    one.hostLoad === undefined ? "" : figure(one.hostLoad),
    raw(one.sustained ? '<span class="ok">yes</span>' : '<span class="off">no</span>'),
  ]);
  return section("Repetitions", told.caption, htmlTable(header, rows));
}

export function spreadSection(report: Report, metrics: Workload["metrics"]): string {
  if (report.spread === undefined) return "";
  const caption =
    "How far the means of the repetitions lie apart: standard deviation of the repetitions' means (n - 1). Repetitions that start from one saved state differ by chance alone; those that carry on also by what the ones before have left.";
  return section(
    "Spread of repetitions",
    caption,
    htmlTable(["", ...spreadHeader(report)], spreadCells(report, metrics)),
  );
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
