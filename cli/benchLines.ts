import type { Tell } from "../events/event.ts";
import { visible } from "../providers/kit/plain/printable.ts";

/** How a benchmark goes, for people: stages, and below each its news. */
export function benchLines(): Tell {
  const begun = performance.now();
  const write = (text: string): void => {
    const seconds = ((performance.now() - begun) / 1000).toFixed(0).padStart(4);
    process.stdout.write(`[${seconds} s] ${visible(text)}\n`);
  };
  return (told) => {
    if (told.kind === "started") write(told.text ?? told.item.name);
    if (told.kind === "progress") write(`  ${told.text}`);
  };
}

/** What `strata bench --json` prints: one object a line. Programs read them; new ones read events. */
export function benchJsonLines(): Tell {
  const write = (line: Record<string, string>): void => {
    process.stdout.write(`${JSON.stringify(line)}\n`);
  };
  return (told) => {
    if (told.kind === "started") write({ phase: told.text ?? told.item.name });
    if (told.kind === "progress") write({ detail: told.text });
  };
}
