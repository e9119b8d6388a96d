import { posix } from "node:path";
import type { Source } from "./architecture.ts";

/** An import from one folder into another. */
interface Need {
  from: string;
  to: string;
  /** "a/x.ts imports b/y.ts". */
  text: string;
}

/**
 * Imports by which folders need each other, directly or by way of others; none where there are no such folders.
 *
 * A folder is one that has files itself, not what is below it. Types count as values do, and imports that come late
 * (`await import(...)`) as others. Only between a folder and one below it types don't count: what is below may fill an
 * interface that the folder states, while the folder puts together what is below.
 */
export function circularImports(tree: readonly Source[]): string[] {
  const needs = tree.flatMap(needsOf);
  const next = Map.groupBy(needs, ({ from }) => from);
  const seen = new Map<string, Set<string>>();
  /** All folders that one needs, directly or by way of others. */
  const needed = (folder: string): Set<string> => {
    const all = seen.get(folder) ?? new Set<string>();
    if (seen.has(folder)) return all;
    seen.set(folder, all);
    // A set that is gone through takes what is added on the way.
    for (const { to } of next.get(folder) ?? []) all.add(to);
    for (const one of all) for (const { to } of next.get(one) ?? []) all.add(to);
    return all;
  };
  return needs.filter(({ from, to }) => needed(to).has(from)).map(({ text }) => text);
}

function needsOf({ path, files, valueFiles }: Source): Need[] {
  const from = posix.dirname(path);
  return files.flatMap((file): Need[] => {
    const to = posix.dirname(file);
    if (to === from || (isNested(from, to) && !valueFiles.includes(file))) return [];
    return [{ from, to, text: `${path} imports ${file}` }];
  });
}

const isNested = (a: string, b: string): boolean => a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
