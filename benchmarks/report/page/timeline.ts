import { tracesOf } from "../../injection/traces.ts";
import type { Report } from "../schema.ts";
import { faultCells, faultHeader, injectorCells, injectorHeader } from "../timelineTables.ts";
import { htmlTable, section } from "./html.ts";

/** What changed on the links while it was measured; empty where nothing did. */
export function timelineSection(report: Report): string {
  const injectors = injectorCells(report);
  if (injectors.length === 0) return "";
  const faults = faultCells(report);
  const traces = tracesOf(report.testbed).map(
    ({ name, file, sha256, loop }) => `${name}: ${file} (SHA-256 ${sha256}${loop ? ", again and again" : ""})`,
  );
  const replayed = traces.length === 0 ? "" : ` Traces, from the start of measuring on: ${traces.join("; ")}.`;
  const caption = `Times of faults in seconds after the start of measuring, as asked for and as each machine did them.${replayed} Start: when the machine's injector began, against the moment that was planned, by clocks that agree to ±. Late: how long after its time a change was in force.`;
  const tables = [faults.length === 0 ? "" : htmlTable(faultHeader, faults), htmlTable(injectorHeader, injectors)];
  return section("Traces and faults", caption, tables.join(""));
}
