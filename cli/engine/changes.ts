import type { Of } from "../../events/event.ts";
import type { Metadata } from "./engineEvent.ts";

type Change = Of<"planned">["changes"][number];

/** Characters of a value that is shown; longer ones are told by their property's name alone. */
const longestValue = 40;

/** The inputs that an operation changes, in the order of their names. A secret is no plain value here, so it is not shown. */
export function changesOf({ old, new: next, diffs, detailedDiff }: Metadata): Change[] {
  // Nobody tells what differs of a component, which has no provider.
  const properties = [Object.keys(detailedDiff ?? {}), diffs ?? [], differing(old?.inputs, next?.inputs)];
  return [...(properties.find(({ length }) => length > 0) ?? [])].sort().map((property) => {
    const [before, after] = [valueAt(old?.inputs, property), valueAt(next?.inputs, property)];
    if (!isShort(before) || !isShort(after) || before === after) return { property };
    return { property, from: text(before), to: text(after) };
  });
}

type Inputs = Readonly<Record<string, unknown>> | null | undefined;

/** Of inputs that there were before. */
function differing(before: Inputs, after: Inputs): string[] {
  if (!before || !after) return [];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}

/** @param path as the engine writes it: `disks[0].volumeId`, `environment.A`, `labels["a.b"]`. */
function valueAt(inputs: unknown, path: string): unknown {
  const keys = [...path.matchAll(/\["([^"]*)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(
    ([, quoted, index, key]) => quoted ?? index ?? key,
  );
  return keys.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key ?? ""] : undefined,
    inputs,
  );
}

type Short = string | number | boolean | undefined;

function isShort(value: unknown): value is Short {
  if (typeof value === "string") return value.length <= longestValue && !value.includes("\n");
  return value === undefined || typeof value === "number" || typeof value === "boolean";
}

const text = (value: Short): string | undefined => (value === undefined ? undefined : String(value));
