import { isDeepStrictEqual } from "node:util";

/** A resource's properties as the engine sends them: JSON values, with markers for what is secret or not known yet. */
export type Properties = Record<string, unknown>;

// The markers of Pulumi's wire format (sdk/go/common/resource/properties.go).
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

/** Stands for a value that only exists after the update; seen in previews. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
// One sentinel for each type of value: bool, number, array, asset, archive, object.
const unknownValues = new Set([
  unknownValue,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

export function isObject(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isUnknown(value: unknown): boolean {
  return typeof value === "string" && unknownValues.has(value);
}

/** True if the value, or anything inside it, is not known yet. */
export function containsUnknown(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(containsUnknown);
  return isObject(value) ? Object.values(value).some(containsUnknown) : isUnknown(value);
}

/** Marks a value as secret: the engine encrypts it in its state and shows `[secret]` for it. */
export function secret(value: unknown): Properties {
  return { [signatureKey]: secretSignature, value };
}

/** True if the value, or anything inside it, carries the secret mark. */
export function containsSecret(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(containsSecret);
  if (!isObject(value)) return false;
  return value[signatureKey] === secretSignature || Object.values(value).some(containsSecret);
}

/**
 * Puts secret marks on a value where the pattern has them, so that what passes through a plugin stays secret. Where the value
 * has another shape than the pattern (a list has lost an element), so that nobody can tell which part of it is meant, all
 * of it is.
 */
export function markedLike(value: unknown, pattern: unknown): unknown {
  if (isObject(value) && value[signatureKey] === secretSignature) return value;
  if (isObject(pattern) && pattern[signatureKey] === secretSignature) return secret(plain(value));
  if (Array.isArray(value) && Array.isArray(pattern) && value.length === pattern.length) {
    return value.map((element: unknown, index) => markedLike(element, pattern[index]));
  }
  if (isObject(value) && isObject(pattern)) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, markedLike(member, pattern[key])]));
  }
  return containsSecret(pattern) ? secret(plain(value)) : value;
}

/**
 * The same value without secret and output envelopes, and without null and undefined members (the engine makes no
 * difference between an absent property and a null one). Unknown sentinels stay.
 */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  const signature = value[signatureKey];
  if (signature === secretSignature) return plain(value.value);
  if (signature === outputSignature) return "value" in value ? plain(value.value) : unknownValue;
  return plainProperties(value);
}

/** {@link plain} for a whole property bag. */
export function plainProperties(properties: Properties): Properties {
  const result: Properties = {};
  for (const [key, value] of Object.entries(properties)) {
    if (value !== null && value !== undefined) result[key] = plain(value);
  }
  return result;
}

/** The names of the top-level properties that differ, sorted. A value that is not known yet counts as different. */
export function changedKeys(olds: Properties, news: Properties): string[] {
  const names = new Set([...Object.keys(olds), ...Object.keys(news)]);
  return [...names].filter((name) => containsUnknown(news[name]) || !isDeepStrictEqual(olds[name], news[name])).sort();
}

/** The value at a path, and whether something on the way to it (or inside it) is not known yet. */
export function lookUp(properties: Properties, path: readonly PropertyKey[]): { value: unknown; unknown: boolean } {
  let value: unknown = properties;
  for (const step of path) {
    if (isUnknown(value)) return { value, unknown: true };
    value = typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[step] : undefined;
  }
  return { value, unknown: containsUnknown(value) };
}

/** A property path as Pulumi writes it: `disks[0].volumeId`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    return text === "" ? String(step) : `${text}.${String(step)}`;
  }, "");
}
