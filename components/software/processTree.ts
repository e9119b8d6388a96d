import { readdirSync, readFileSync } from "node:fs";

/**
 * Ends a process with all that it started: what it leaves behind would go on, and hold its output open. Of Ansible these
 * are the processes that talk to the machines.
 */
export function endProcessTree(pid: number): void {
  // Found first: what its parent has left belongs to nobody.
  for (const one of [pid, ...descendants(pid)]) {
    try {
      process.kill(one, "SIGTERM");
    } catch {
      // It ended in between.
    }
  }
}

function descendants(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    const parent = parentOf(name);
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const below = (one: number): number[] => (children.get(one) ?? []).flatMap((child) => [child, ...below(child)]);
  return below(pid);
}

function parentOf(pid: string): number | undefined {
  try {
    return Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
  } catch {
    return undefined;
  }
}
