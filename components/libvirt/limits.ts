import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { HostLimits } from "./plan/limits.ts";

/**
 * Limits of this host's kernel for machines.
 *
 * @param embedded that its daemon is started by this user's processes, and has their limits.
 */
export function hostLimits(embedded: boolean, root = "/"): HostLimits {
  const number = (path: string): number | undefined => least([text(join(root, path))]);
  const threads = [number("proc/sys/kernel/threads-max"), number("proc/sys/kernel/pid_max")];
  return {
    threads: smallest([...threads, ...(embedded ? [ownTasks(root)] : [])]),
    openFiles: embedded ? least(columns(root, "Max open files")) : undefined,
    neighbours: number("proc/sys/net/ipv4/neigh/default/gc_thresh3"),
  };
}

/** Tasks that this process's control group may have, and those that it is in (version 2). */
function ownTasks(root: string): number | undefined {
  const path = /^0::(\/.*)$/m.exec(text(join(root, "proc/self/cgroup")) ?? "")?.[1] ?? "/";
  const parts = path.split("/").filter(Boolean);
  const groups = parts.map((_, index) => parts.slice(0, index + 1).join("/"));
  return least(groups.map((group) => text(join(root, "sys/fs/cgroup", group, "pids.max"))));
}

/** The hard limit: Node.js has raised its own, which the daemon inherits, to that. */
function columns(root: string, name: string): (string | undefined)[] {
  const limits = text(join(root, "proc/self/limits")) ?? "";
  return [new RegExp(`^${name} +\\S+ +(\\S+)`, "m").exec(limits)?.[1]];
}

const least = (texts: readonly (string | undefined)[]): number | undefined =>
  smallest(texts.map((one) => (one !== undefined && /^\d+\s*$/.test(one) ? Number(one) : undefined)));

function smallest(numbers: readonly (number | undefined)[]): number | undefined {
  const known = numbers.filter((number) => number !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** A network namespace that is not the first has no table of its own, and a system may hide some of it. */
function text(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
