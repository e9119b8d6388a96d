import { reversedLinkName } from "./link.ts";

const isGroup = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * `over` laid on `base`: groups are merged key by key, everything else (lists too) is replaced. A link that the two write
 * in different order (cloud-edge, edge-cloud) is one key.
 */
export function mergeOver(base: unknown, over: unknown): unknown {
  if (over === undefined) return base;
  if (!isGroup(base) || !isGroup(over)) return over;
  const result = new Map(Object.entries(base));
  for (const [key, value] of Object.entries(over)) {
    const reversed = reversedLinkName(key);
    const own = !result.has(key) && reversed !== undefined && result.has(reversed) ? reversed : key;
    result.set(own, mergeOver(result.get(own), value));
  }
  return Object.fromEntries(result);
}
