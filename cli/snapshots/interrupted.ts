import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { snapshotsDirectory } from "../../local/stateDirectory.ts";
import { writeWhole } from "../../local/writeWhole.ts";

const noteSchema = z.strictObject({
  doing: z.enum(["save", "restore"]),
  snapshot: z.string(),
  infrastructure: z.string(),
});

/** What is being done to a stack's machines, for who finds it unfinished. */
export type Note = z.infer<typeof noteSchema>;

const noteFile = (stack: string): string => join(snapshotsDirectory(stack), ".under-way.json");

/** What a killed run has begun with a stack's machines and not finished. */
export function unfinished(stack: string): Note | undefined {
  try {
    return noteSchema.parse(JSON.parse(readFileSync(noteFile(stack), "utf8")));
  } catch {
    return undefined;
  }
}

/** Notes what is begun, before it is. */
export function noteBegin(stack: string, note: Note): void {
  mkdirSync(dirname(noteFile(stack)), { recursive: true, mode: 0o700 });
  writeWhole(noteFile(stack), JSON.stringify(note), 0o600);
}

export function noteEnd(stack: string): void {
  rmSync(noteFile(stack), { force: true });
}
