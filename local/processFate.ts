import { readdirSync, readFileSync } from "node:fs";

/** Linux counts a process's start in hundredths of a second since boot, whatever the kernel's own tick is. */
const ticksPerSecond = 100;

/** Clocks are set, and the two that are compared are read at different times. */
const toleranceMs = 2000;

/**
 * Whether a process of this host that had this id at that time is certainly gone: nothing has the id, only its
 * zombie has, or a process that began later.
 *
 * @param sinceMs when it was there, milliseconds since 1970.
 */
export function isGone(pid: number, sinceMs: number): boolean {
  const found = status(pid);
  if (found === undefined) return !isElsewhere(pid, sinceMs);
  return found.ended || found.startedMs > sinceMs + toleranceMs;
}

/** A process of a container that shares this host's name has another id here than it knows itself by. */
function isElsewhere(pid: number, sinceMs: number): boolean {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .some((name) => innermostId(name) === pid && !isGone(Number(name), sinceMs));
}

function innermostId(pid: string): number | undefined {
  const ids = /^NSpid:\s+(.*)$/m.exec(read(`/proc/${pid}/status`))?.[1]?.split(/\s+/) ?? [];
  return ids.length > 1 ? Number(ids.at(-1)) : undefined;
}

function status(pid: number): { startedMs: number; ended: boolean } | undefined {
  const stat = read(`/proc/${pid}/stat`);
  // The second field is the program's name in parentheses, which may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const bootSeconds = Number(/^btime (\d+)$/m.exec(read("/proc/stat"))?.[1]);
  const startedMs = (bootSeconds + Number(fields[19]) / ticksPerSecond) * 1000;
  if (stat === "" || Number.isNaN(startedMs)) return undefined;
  // One whose first thread has ended while others go on looks like a zombie.
  const ended = /^[ZX]$/.test(fields[0] ?? "") && Number(fields[17]) <= 1;
  return { startedMs, ended };
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
