import { readdirSync, readFileSync } from "node:fs";

/** A process as /proc shows it. */
export interface Process {
  pid: number;
  parent: number;
  command: string;
}

export function processes(): Process[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name): Process[] => {
      try {
        const parent = Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${name}/status`, "utf8"))?.[1]);
        const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ").trim();
        return [{ pid: Number(name), parent, command }];
      } catch {
        // It has ended meanwhile.
        return [];
      }
    });
}

/** Processes that `pid` started, and those that they did. */
export function descendants(pid: number, all: readonly Process[] = processes()): Process[] {
  const children = all.filter(({ parent }) => parent === pid);
  return children.flatMap((child) => [child, ...descendants(child.pid, all)]);
}

/**
 * Memory of a process in MB (10^6 bytes): resident (RSS), and its proportional part (PSS), in which a page that n
 * processes share counts 1/n (proc(5), smaps_rollup). Several processes of one program, such as Node.js, share much, so
 * the sum of PSS is what they take together.
 */
export function memoryOf(pid: number): { rss: number; pss: number } {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
    const field = (name: string) =>
      (Number(new RegExp(`^${name}:\\s*(\\d+) kB`, "m").exec(text)?.[1] ?? 0) * 1024) / 1e6;
    return { rss: field("Rss"), pss: field("Pss") };
  } catch {
    return { rss: 0, pss: 0 };
  }
}

/** Calls `look` every 250 ms until the work is done. */
export async function watch<Result>(look: () => void, work: () => Promise<Result>): Promise<Result> {
  const timer = setInterval(look, 250);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
