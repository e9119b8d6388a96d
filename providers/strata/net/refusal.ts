import { peerOf } from "./rules.ts";
import type { Application } from "./script.ts";

/**
 * Which rule a refused line of `tc -batch` belongs to, with the line, from what tc printed ("Command failed FILE:7");
 * undefined where it names no line.
 */
export function refusedRule(printed: string, { batch, change }: Application): string | undefined {
  const [, ending, number] = /Command failed \S+\.(new|change):(\d+)/.exec(printed) ?? [];
  const text = ending === "change" ? change?.batch : batch;
  const line = text?.split("\n")[Number(number) - 1];
  if (line === undefined) return undefined;
  const [, own] = / (?:classid|parent|flowid) 1:([0-9a-f]{2,})/.exec(line) ?? [];
  const peer = own === undefined ? undefined : peerOf(parseInt(own, 16));
  return `${peer === undefined ? "rule" : `rule for ${peer}`}: tc ${line}`;
}
