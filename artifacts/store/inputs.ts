import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { sha256OfFile, sha256OfText } from "./checksum.ts";

/** Length of a key in hex digits: 64 bits, far beyond what one cache can collide in. */
const keyLength = 16;

/**
 * Key of something built from `inputs`: equal inputs give an equal key, whatever the order of an object's properties.
 *
 * @param inputs plain data (objects, arrays, strings, numbers).
 */
export function keyOf(inputs: unknown): string {
  return sha256OfText(canonical(inputs)).slice(0, keyLength);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`);
  return `{${members.join(",")}}`;
}

/**
 * Checksums of all files under `directory`, by relative path: what a recipe that is made of files contributes to a key.
 *
 * @param accept which relative paths count; by default all.
 */
export function filesAsInputs(
  directory: string,
  accept: (path: string) => boolean = () => true,
): Record<string, string> {
  const paths = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .filter(accept)
    .sort();
  return Object.fromEntries(paths.map((path) => [path, sha256OfFile(join(directory, path))]));
}
