import type { Tell } from "../../events/event.ts";
import type { Phase } from "../../events/words.ts";
import { visible } from "../../providers/kit/plain/printable.ts";

/** Tells what is being done to a testbed; without anybody who listens, a line each on standard output. */
export function progressOf(stack: string, phase: Phase, tell: Tell | undefined): (what: string) => void {
  const begun = performance.now();
  return (text) => {
    if (tell) {
      tell({ kind: "progress", item: { type: "testbed", name: stack }, phase, text });
      return;
    }
    const seconds = ((performance.now() - begun) / 1000).toFixed(0).padStart(4);
    process.stdout.write(`[${seconds} s] ${visible(text)}\n`);
  };
}
