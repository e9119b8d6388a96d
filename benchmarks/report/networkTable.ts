import { offLinks, unmeasuredLinks, type LinkCheck, type RateCheck } from "../network/result.ts";
import { figure } from "./format.ts";
import { textTable } from "./textTable.ts";

export const networkHeader = [
  "link",
  "RTT (ms)",
  "RTT wanted",
  "error",
  "floor",
  "p99",
  "sd (ms)",
  "sd wanted",
  "lost",
  "loss wanted (%)",
  "down (Mbit/s)",
  "down wanted",
  "up (Mbit/s)",
  "up wanted",
  "verdict",
] as const;

const dash = "–";
const optional = (value: number | undefined): string => (value === undefined ? dash : figure(value));

/** One row a link; the last cell says what is off, and what nobody knows. */
export function networkCells(checks: readonly LinkCheck[]): string[][] {
  return checks.map((check) => {
    const { link, roundTrip, loss, rate, rateDown } = check;
    const error = roundTrip.measuredMs === undefined ? undefined : roundTrip.measuredMs - roundTrip.wantedMs;
    const lost = loss?.lost === undefined ? dash : `${loss.lost} of ${loss.sent ?? 0}`;
    return [
      link,
      optional(roundTrip.measuredMs),
      figure(roundTrip.wantedMs),
      error === undefined ? dash : `${error >= 0 ? "+" : ""}${figure(error)}`,
      optional(roundTrip.floorMs),
      optional(roundTrip.p99Ms),
      optional(roundTrip.measuredSdMs),
      figure(roundTrip.wantedSdMs),
      lost,
      loss === undefined ? dash : figure(loss.wantedPercent),
      ...rateCells(rateDown),
      ...rateCells(rate),
      verdictOf(check),
    ];
  });
}

function verdictOf(check: LinkCheck): string {
  const named = (all: readonly string[], verdict: string): string[] =>
    all.map((one) => one.replace(`${check.link}: `, `${verdict}: `));
  const words = [...named(offLinks([check]), "off"), ...named(unmeasuredLinks([check]), "not measured")];
  return words.length === 0 ? "ok" : words.join("; ");
}

function rateCells(rate: RateCheck | undefined): [string, string] {
  return rate === undefined ? [dash, "unlimited"] : [optional(rate.measuredMbit), figure(rate.wantedMbit)];
}

/** Why something was not measured, one sentence a link. */
export function networkNotes(checks: readonly LinkCheck[]): string[] {
  return checks.flatMap(({ link, roundTrip, rate, rateDown }) =>
    [...new Set([roundTrip.note, rateDown?.note, rate?.note])].flatMap((note) =>
      note === undefined ? [] : [`${link}: ${note}`],
    ),
  );
}

/** For the command line. */
export function networkText(checks: readonly LinkCheck[]): string {
  const notes = networkNotes(checks).map((note) => `${note}\n`);
  return `${textTable(networkHeader, networkCells(checks))}${notes.length === 0 ? "" : `\n${notes.join("")}`}`;
}
