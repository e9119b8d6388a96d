import { figure } from "./format.ts";
import type { Report } from "./schema.ts";

export const faultHeader = ["fault", "at (s)", "for (s)", "repetition", "machine", "began (s)", "ended (s)"] as const;
export const injectorHeader = [
  "machine",
  "repetition",
  "start (ms)",
  "± (ms)",
  "changes",
  "late (ms)",
  "at most",
  "",
] as const;

const optional = (value: number | undefined, digits: number): string => value?.toFixed(digits) ?? "–";

/** One row a fault, repetition and machine; all times in s after the start of measuring. */
export function faultCells({ repetitions }: Pick<Report, "repetitions">): string[][] {
  return repetitions.flatMap(({ repetition, timeline }) =>
    (timeline?.faults ?? []).flatMap(({ name, atS, durationS, machines }) =>
      machines.map(({ machine, beganS, endedS }) => [
        name,
        String(atS),
        String(durationS),
        String(repetition),
        machine,
        optional(beganS, 3),
        optional(endedS, 3),
      ]),
    ),
  );
}

/** One row an injector and repetition. */
export function injectorCells({ repetitions }: Pick<Report, "repetitions">): string[][] {
  return repetitions.flatMap(({ repetition, timeline }) =>
    (timeline?.injectors ?? []).map((one) => [
      one.machine,
      String(repetition),
      optional(one.startSkewMs, 2),
      figure(one.uncertaintyMs),
      `${one.changes}${one.skipped === 0 ? "" : `, ${one.skipped} skipped`}`,
      figure(one.latenessMeanMs),
      figure(one.latenessMaxMs),
      one.restored ? "undone" : "undone by the guard",
    ]),
  );
}
