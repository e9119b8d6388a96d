import { isObject, type Properties } from "../../kit/values.ts";

/**
 * Inputs without those that are "": as upstream's provider, this one takes them for not given.
 *
 * @param keep names, at any depth, of those that are needed, or whose "" is a text of its own.
 */
export function withoutUnset(given: Properties, keep: readonly string[] = []): Properties {
  const inside = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map((entry) => (isObject(entry) ? inside(entry) : entry) as unknown);
    return isObject(value) ? withoutUnset(value, keep) : value;
  };
  return Object.fromEntries(
    Object.entries(given)
      .filter(([name, value]) => value !== "" || keep.includes(name))
      .map(([name, value]) => [name, keep.includes(name) ? value : inside(value)]),
  );
}
