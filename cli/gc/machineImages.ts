import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { cacheEntries } from "./cacheEntries.ts";

export const machineImages = cacheEntries({
  name: "machine images",
  title: "machine image",
  folder: "images",
  needed: (key, uses, directory) => {
    const of = uses.filter(({ image }) => image === key).map(({ stack, state }) => `${stack} (${state})`);
    if (of.length > 0) return `machines of ${of.join(", ")} start from it`;
    // Of stacks that were made before they said so: their disks are overlays of a second name of the file.
    return hasOtherNames(directory) ? "a testbed's pool has the same file" : undefined;
  },
});

function hasOtherNames(directory: string): boolean {
  return readdirSync(directory).some(
    (name) => (statSync(join(directory, name), { throwIfNoEntry: false })?.nlink ?? 0) > 1,
  );
}
