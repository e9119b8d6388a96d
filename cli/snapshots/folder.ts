import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { isStackName, snapshotsDirectory } from "../../local/stateDirectory.ts";
import { UserError } from "../terminal/userError.ts";

/** What a snapshot's folder is called while it is being made, and while it goes: never as one that is whole. */
const passing = ".passing-";

/** Where the parts of a snapshot are. Only their owner may read any of it: memory and state hold keys. */
export function snapshotPaths(directory: string) {
  return {
    record: join(directory, "snapshot.json"),
    /** The stack's state, as the engine exports it: its secrets are encrypted. */
    state: join(directory, "state.json"),
    /** What the stack keeps in files: keys, ways to its machines. */
    files: join(directory, "stack"),
    machine: (name: string): string => join(directory, "machines", name),
  };
}

const isName = (name: string): boolean => isStackName(name) && !name.startsWith(".");

/** @throws UserError where it can be no snapshot's name. */
export function snapshotDirectory(stack: string, name: string): string {
  if (!isName(name)) {
    throw new UserError(
      `${JSON.stringify(name)} is no name of a snapshot; use up to 100 letters, digits, underscores, dots and dashes, no dot first`,
    );
  }
  return join(snapshotsDirectory(stack), name);
}

export const passingDirectory = (stack: string, name: string): string =>
  join(snapshotsDirectory(stack), `${passing}${name}`);

/** Names of a stack's snapshots, sorted. */
export function snapshotNames(stack: string): string[] {
  const directory = snapshotsDirectory(stack);
  if (statSync(directory, { throwIfNoEntry: false }) === undefined) return [];
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && isName(entry.name))
    .map(({ name }) => name)
    .sort();
}
