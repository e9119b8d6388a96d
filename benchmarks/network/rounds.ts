import type { Pair } from "./pairs.ts";

/**
 * Pairs in rounds that are measured one after the other: in a round no machine occurs twice. In the order given, each
 * pair goes into the first round that has room.
 * @param together whether pairs may be measured at the same time at all.
 */
export function rounds<P extends Pick<Pair, "from" | "to">>(pairs: readonly P[], together: boolean): P[][] {
  const all: { machines: Set<string>; pairs: P[] }[] = [];
  for (const pair of pairs) {
    const names = [pair.from.name, pair.to.name];
    const free = together ? all.find(({ machines }) => names.every((name) => !machines.has(name))) : undefined;
    const round = free ?? { machines: new Set<string>(), pairs: [] };
    if (free === undefined) all.push(round);
    for (const name of names) round.machines.add(name);
    round.pairs.push(pair);
  }
  return all.map((round) => round.pairs);
}
