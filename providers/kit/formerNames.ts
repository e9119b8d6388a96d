import type { Properties } from "./values.ts";

/** The properties of a state under the names that they have now: an older version of the plugin may have written it. */
export function underPresentNames(
  properties: Properties,
  formerNames: Readonly<Record<string, string>> = {},
): Properties {
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [formerNames[name] ?? name, value]));
}
