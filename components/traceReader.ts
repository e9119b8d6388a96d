import { readFileSync, realpathSync } from "node:fs";
import { resolve, sep } from "node:path";
import type { ReadTrace } from "./experiment/traceFiles.ts";

/** Reads traces whose names are relative to a directory; for programs, which may read any file anyway. */
export function traceReader(directory: string): ReadTrace {
  return (file) => readable(() => resolve(directory, file));
}

/**
 * Reads traces that lie in a directory, links followed. What an experiment names is shown where it is wrong, and goes into the
 * stack's state: an experiment of somebody else's must not have it be any file of this machine.
 */
export function confinedTraceReader(directory: string): ReadTrace {
  return (file) =>
    readable(() => {
      const path = realpathSync(resolve(directory, file));
      return path.startsWith(`${realpathSync(directory)}${sep}`) ? path : undefined;
    });
}

function readable(find: () => string | undefined): string | undefined {
  try {
    const path = find();
    return path === undefined ? undefined : readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
