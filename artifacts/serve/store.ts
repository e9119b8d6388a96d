import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { cacheDirectory } from "../../local/cacheDirectory.ts";
import { readCatalogue, type Catalogue } from "./catalogue.ts";

/**
 * What is in the store, read anew only after something in it has changed: whoever asks for what is not there, and a guest may
 * ask for ever, has it looked at.
 */
export function watchedCatalogue(read: () => Catalogue = readCatalogue): () => Catalogue {
  let seen: { state: string; catalogue: Catalogue } | undefined;
  return () => {
    const state = storeState();
    if (seen?.state !== state) seen = { state, catalogue: read() };
    return seen.catalogue;
  };
}

/** Names, sizes and times of the store's entries and their files. */
function storeState(): string {
  const store = join(cacheDirectory(), "mirror");
  const entries = namesIn(store).flatMap((entry) => [
    entry,
    ...namesIn(join(store, entry)).map((file) => join(entry, file)),
  ]);
  return entries
    .map((name) => {
      const found = statSync(join(store, name), { throwIfNoEntry: false });
      return `${name} ${found?.size ?? "-"} ${found?.mtimeMs ?? "-"}`;
    })
    .join("\n");
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory).sort();
  } catch {
    return [];
  }
}
