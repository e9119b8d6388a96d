import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import { originOf } from "../../providers/kit/plain/origin.ts";
import { stateDirectory } from "../../local/stateDirectory.ts";
import { snapshotDirectory, snapshotPaths } from "./folder.ts";

const recordSchema = z.strictObject({
  form: z.literal(1),
  stack: z.string(),
  createdAt: z.iso.datetime(),
  /** Whose it is: a hash of this machine and of the state directory, which is in its machines' names and marks. */
  origin: z.string(),
  place: z.strictObject({ id: z.string(), host: z.enum(["system", "embedded"]).optional() }),
  /** Of the kind of infrastructure that the machines are on. */
  infrastructure: z.string(),
  /** Of one that Strata made by itself (`prepared: testbed`): hash of all that it came from. */
  key: z.string().optional(),
  machines: z.array(z.string()),
  /** For how long they stood still. */
  stillSeconds: z.number(),
  /** SHA-256 of the engine's state. */
  state: z.string(),
});

/** What a snapshot says of itself. */
export type SnapshotRecord = z.infer<typeof recordSchema>;

export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** Reads one. @returns a sentence where it can't be used, whatever its machines are; undefined where there is none. */
export function readRecord(stack: string, name: string): SnapshotRecord | string | undefined {
  const { record, state } = snapshotPaths(snapshotDirectory(stack, name));
  if (!existsSync(record)) return undefined;
  const parsed = recordSchema.safeParse(json(readFileSync(record, "utf8")));
  if (!parsed.success) return "its record (snapshot.json) is none that this version understands";
  if (parsed.data.stack !== stack) return `it is one of stack ${parsed.data.stack}`;
  if (parsed.data.origin !== originOf(stateDirectory())) {
    return "it was made by another checkout or on another machine, where its machines have other names";
  }
  if (!existsSync(state)) return "the engine's state (state.json) is missing";
  return sha256(readFileSync(state, "utf8")) === parsed.data.state
    ? parsed.data
    : "the engine's state (state.json) is not what was saved (its SHA-256)";
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
