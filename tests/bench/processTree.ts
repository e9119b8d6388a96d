import { readFileSync } from "node:fs";
import { descendants, memoryOf, watch } from "./processes.ts";

/** What processes took while they worked. */
export interface Used {
  /** Processor time, user and system, seconds. */
  seconds: number;
  /** The most memory that those it started had at once (PSS), MB. */
  memory: number;
}

/**
 * Runs `work` and adds up what this process takes meanwhile, and those that it starts, and theirs. They are looked at now and
 * then, so of each its last quarter of a second may be missing.
 *
 * @param others ids of processes that take part as well, such as a daemon.
 */
export async function usedBy(others: readonly number[], work: () => Promise<unknown>): Promise<Used> {
  const before = new Map(others.map((pid) => [pid, processorSeconds(pid)]));
  const own = process.cpuUsage();
  const seen = new Map<number, number>();
  let memory = 0;
  await watch(() => {
    const started = descendants(process.pid).map(({ pid }) => pid);
    for (const pid of [...started, ...others]) {
      const seconds = processorSeconds(pid) - (before.get(pid) ?? 0);
      seen.set(pid, Math.max(seconds, seen.get(pid) ?? 0));
    }
    const now = started.reduce((sum, pid) => sum + memoryOf(pid).pss, 0);
    memory = Math.max(memory, now);
  }, work);
  const { user, system } = process.cpuUsage(own);
  return { seconds: [...seen.values()].reduce((sum, one) => sum + one, (user + system) / 1e6), memory };
}

/** Processor time of a process so far, user and system (proc(5), stat), whose clock ticks 100 times a second; 0 once it ended. */
function processorSeconds(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return 0;
  }
}
