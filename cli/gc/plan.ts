import type { Leftover } from "./leftover.ts";

/** What would go, in the order in which it does, and what stays. */
export interface GcPlan {
  go: Leftover[];
  stay: Leftover[];
}

/** What nothing can use any more, and no more than that. */
export function planDue(found: readonly Leftover[]): GcPlan {
  const goes = ({ inUse, why }: Leftover): boolean => inUse === undefined && why !== undefined;
  return { go: found.filter(goes), stay: found.filter((one) => !goes(one)) };
}

/** The same, and then, of what nobody uses now, what was not used for longest, until the rest has no more than this. */
export function planRoom(found: readonly Leftover[], keepBytes: number): GcPlan {
  const { go, stay } = planDue(found);
  let bytes = stay.reduce((sum, one) => sum + one.bytes, 0);
  const free = stay.filter(({ inUse }) => inUse === undefined);
  for (const next of free.sort((a, b) => (a.lastUsed ?? 0) - (b.lastUsed ?? 0))) {
    if (bytes <= keepBytes) break;
    go.push(next);
    bytes -= next.bytes;
  }
  return { go, stay: stay.filter((one) => !go.includes(one)) };
}
