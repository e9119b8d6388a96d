import { readPhases } from "../../local/phases.ts";
import type { PhaseReport } from "./schema.ts";

/**
 * How long building the testbed took: the last time of each phase on each machine, as this checkout noted it.
 * @returns none where another checkout built it.
 */
export async function buildingPhases(stack: string): Promise<PhaseReport[]> {
  // Only for orientation: a report is not to fail where the file can't be read.
  const times = await readPhases(stack).catch(() => []);
  const last = new Map(times.map((time) => [`${time.phase} ${time.machine}`, time]));
  return [...last.values()]
    .sort((a, b) => a.startMs - b.startMs)
    .map(({ phase, machine, startMs, seconds }) => ({
      name: phase,
      machine,
      startedAt: new Date(startMs).toISOString(),
      seconds,
    }));
}
