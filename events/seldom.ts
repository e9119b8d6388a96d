import type { Tell } from "./event.ts";

const intervalMs = 1000;

/** Leaves out counts that follow their like within a second: a download would count each of its packets. */
export function seldom(tell: Tell, now: () => number = () => performance.now()): Tell {
  const last = new Map<string, { at: number; text: string }>();
  return (told) => {
    if (told.kind === "progress" && told.counts !== undefined) {
      const { item, phase, text, of } = told;
      const key = [item.type, item.name, phase, of?.name].join(" ");
      const before = last.get(key);
      const complete = told.counts.done === told.counts.total;
      if (before?.text === text && now() - before.at < intervalMs && !complete) return;
      last.set(key, { at: now(), text });
    }
    tell(told);
  };
}
