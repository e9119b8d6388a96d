import { isMap, isSeq, type Document, type LineCounter, type Node } from "yaml";
import type { Path } from "./problem.ts";
import { reversedLinkName } from "./link.ts";

/**
 * Line of the key or list entry at a path, counted from 1; of the innermost parent that exists when it is not written
 * (a default, or a missing key). Undefined in an empty document.
 */
export function lineOf(document: Document, lines: LineCounter, path: Path): number | undefined {
  let node: unknown = document.contents;
  let offset = startOf(node);
  for (const part of path) {
    const found = child(node, part);
    if (found === undefined) break;
    offset = startOf(found.at) ?? offset;
    node = found.value;
  }
  return offset === undefined ? undefined : lines.linePos(offset).line;
}

function child(node: unknown, part: string | number): { at: unknown; value: unknown } | undefined {
  if (isSeq(node)) {
    const item = typeof part === "number" ? node.items[part] : undefined;
    return item === undefined ? undefined : { at: item, value: item };
  }
  if (!isMap(node)) return undefined;
  const named = (name: string | undefined) => node.items.find((pair) => String(pair.key) === name);
  const pair = named(String(part)) ?? named(reversedLinkName(String(part)));
  return pair === undefined ? undefined : { at: pair.key, value: pair.value };
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}
