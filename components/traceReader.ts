import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { ReadTrace } from "./spec/traceFiles.ts";

/** Reads traces whose names are relative to a directory. */
export function traceReader(directory: string): ReadTrace {
  return (file) => {
    try {
      return readFileSync(resolve(directory, file), "utf8");
    } catch {
      return undefined;
    }
  };
}
