import { readRows } from "./recomputed.ts";
import type { ImageReport } from "./workload/imageReport.ts";

/**
 * Holds what a report says of when its faults began and ended against the schedule. How late an injector may be depends on the
 * machine; it tells that itself, and its clock is only known so well: that far a time may be off, and no further.
 *
 * @param csv samples.csv of the run: no photo that was sent in a partition of its broker was answered before its end.
 */
export function expectFaultsAsReported(report: ImageReport, csv: string): void {
  const { timeline, clocks } = report.repetitions[0]!;
  const { injectors, faults } = timeline!;
  const runMs = Date.parse(report.endedAt) - Date.parse(report.startedAt);
  const bounds = new Map(
    injectors.map(({ machine, uncertaintyMs, latenessMaxMs }) => {
      const driftMs = (Math.abs(clocks[machine]?.driftPpm ?? 0) / 1e6) * runMs;
      const slackMs = uncertaintyMs + (clocks[machine]?.uncertaintyMs ?? uncertaintyMs) + driftMs + 1;
      return [machine, { slackMs, latestMs: latenessMaxMs + slackMs }];
    }),
  );
  const expectLateness = (what: string, machine: string, lateMs: number): void => {
    const { slackMs, latestMs } = bounds.get(machine)!;
    expect({ what, machine, lateMs, inBounds: lateMs >= -slackMs && lateMs <= latestMs }).toMatchObject({
      inBounds: true,
    });
  };
  for (const { machine, startSkewMs } of injectors) expectLateness("start", machine, startSkewMs!);
  for (const { name, atS, durationS, machines } of faults) {
    for (const { machine, beganS, endedS } of machines) {
      expectLateness(`${name} began`, machine, (beganS! - atS) * 1000);
      // One that outlives the run is undone at its end.
      if ((atS + durationS) * 1000 < runMs)
        expectLateness(`${name} ended`, machine, (endedS! - atS - durationS) * 1000);
    }
  }

  const rows = readRows(csv);
  const zero = Number(rows.find(({ warmup }) => warmup === "0")?.intendedMs);
  const slackMs = Math.max(...[...bounds.values()].map((one) => one.slackMs));
  for (const { machines } of faults.filter(({ name }) => name.startsWith("partition"))) {
    const began = Math.max(...machines.map(({ beganS }) => beganS! * 1000)) + slackMs;
    const ended = Math.min(...machines.map(({ endedS }) => endedS! * 1000)) - slackMs;
    const sent = rows.filter((row) => Number(row.intendedMs) - zero > began && Number(row.intendedMs) - zero < ended);
    expect(sent.length).toBeGreaterThan(0);
    for (const { intendedMs, endToEndMs } of sent.filter((row) => row.endToEndMs !== "")) {
      expect(Number(intendedMs) - zero + Number(endToEndMs)).toBeGreaterThanOrEqual(ended);
    }
  }
}
