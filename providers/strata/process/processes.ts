import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** The kernel's name of a process (at most 15 characters), or undefined if there is no such process. */
export function processName(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return undefined;
  }
}

/** The process that has started another one; 1 if that has ended. */
export function parentProcess(pid: number): number | undefined {
  try {
    const [, parent] = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return parent === undefined ? undefined : Number(parent);
  } catch {
    return undefined;
  }
}

/** Ends processes: asks first, and makes them after the grace. Returns once they are gone. */
export async function endProcesses(pids: readonly number[], graceMs: number): Promise<void> {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    const left = pids.filter(isRunning);
    for (const pid of left) {
      try {
        process.kill(pid, signal);
      } catch {
        // It ended in between.
      }
    }
    const until = Date.now() + graceMs;
    while (pids.some(isRunning) && Date.now() < until) await sleep(20);
  }
}

/** A zombie has ended; only its parent has not looked yet. */
function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** The control groups of a process that libvirt made for it, deepest first. */
export function machineCgroups(pid: number): string[] {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/cgroup`, "utf8");
  } catch {
    return [];
  }
  return text.split("\n").flatMap((line) => {
    const [, controllers, path] = /^\d+:([^:]*):(\/machine\/[^/]+)/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) return [];
    const mounts = controllers === "" ? ["", "unified"] : [controllers, ...controllers.split(",")];
    return mounts.map((mount) => `/sys/fs/cgroup/${mount}${path}`);
  });
}
