import { spanText } from "../../local/timeSpan.ts";
import type { Leftover } from "./leftover.ts";
import type { GcPlan } from "./plan.ts";

/** What goes, each with the reason, what stays of testbeds, and how much the cache has then. */
export function gcText(testbeds: GcPlan, cache: GcPlan, keepBytes: number, nowMs = Date.now()): string {
  const go = [...testbeds.go, ...cache.go];
  const goes = rows(go.map((one) => [one.what, one.bytes === 0 ? "" : sizeText(one.bytes), reasonOf(one, nowMs)]));
  const stays = rows(testbeds.stay.map(({ what, inUse = "" }) => [what, inUse]));
  return [
    go.length === 0 ? "Nothing to take away.\n" : `Goes:\n${goes}`,
    ...(testbeds.stay.length === 0 ? [] : [`Stays:\n${stays}`]),
    ...(cache.go.length + cache.stay.length === 0 ? [] : [cacheText(cache, keepBytes)]),
  ].join("");
}

function cacheText({ go, stay }: GcPlan, keepBytes: number): string {
  const used = stay.filter(({ inUse }) => inUse !== undefined);
  const limit = `of at most ${sizeText(keepBytes)}`;
  return (
    `Cache: ${sizeText(sum(go))} go, ${sizeText(sum(stay))} ${limit} stay; ` +
    `${sizeText(sum(used))} of that ${used.length === 1 ? "is" : "are"} in use\n`
  );
}

const sum = (list: readonly Leftover[]): number => list.reduce((total, { bytes }) => total + bytes, 0);

export function reasonOf({ why, lastUsed }: Leftover, nowMs: number): string {
  if (why !== undefined) return why;
  return lastUsed === undefined ? "for room" : `for room: last used ${spanText((nowMs - lastUsed) / 1000)} ago`;
}

/** "12.3 GiB", "840 MiB", "0 MiB". */
export function sizeText(bytes: number): string {
  const mebibytes = bytes / 2 ** 20;
  return mebibytes >= 1024 ? `${(mebibytes / 1024).toFixed(1)} GiB` : `${Math.round(mebibytes)} MiB`;
}

function rows(table: readonly string[][]): string {
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row.map((text, column) => text.padEnd(widths[column] ?? 0)).join("  ");
  return table.map((row) => `  ${line(row).trimEnd()}\n`).join("");
}
