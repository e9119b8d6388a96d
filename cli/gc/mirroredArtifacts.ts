import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cacheEntries } from "./cacheEntries.ts";

export const mirroredArtifacts = cacheEntries({
  name: "artifacts of the mirror",
  title: "mirrored artifact",
  folder: "mirror",
  needed: (_key, uses, directory) => {
    if (wasBrought(directory)) return "brought here by hand, which nothing but a hand can do again";
    // Which of them its machines may ask for next is theirs to say.
    const of = uses.filter(({ mirror }) => mirror).map(({ stack, state }) => `${stack} (${state})`);
    return of.length > 0 ? `served to the machines of ${of.join(", ")}` : undefined;
  },
});

/** By `strata mirror add` or `import`, as its record says. */
function wasBrought(directory: string): boolean {
  try {
    const record = JSON.parse(readFileSync(join(directory, "artifact.json"), "utf8")) as Record<string, unknown>;
    return record.source === "added" || record.imported === true;
  } catch {
    return false;
  }
}
