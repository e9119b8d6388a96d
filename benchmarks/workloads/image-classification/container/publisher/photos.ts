import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readJson } from "../../../container/config.ts";
import type { PhotoEntry } from "../protocol.ts";

export interface Photo extends PhotoEntry {
  content: Buffer;
}

/** Reads photos.json and all files it names into memory. @throws Error naming the file when one is missing or odd. */
export function loadPhotos(directory: string): Photo[] {
  const catalogue = join(directory, "photos.json");
  const entries = readJson(catalogue);
  if (!Array.isArray(entries) || entries.length === 0) throw new Error(`${catalogue}: expected a list of photos`);
  return entries.map((entry: Partial<PhotoEntry>, position) => {
    if (typeof entry.file !== "string" || !Array.isArray(entry.labels)) {
      throw new Error(`${catalogue}: entry ${position} needs "file" and "labels"`);
    }
    return { file: entry.file, labels: entry.labels, content: readFileSync(join(directory, entry.file)) };
  });
}
