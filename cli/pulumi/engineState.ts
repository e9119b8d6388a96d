import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { stackFileName } from "../../local/stateDirectory.ts";
import { writeWhole } from "../../local/writeWhole.ts";
import { readEngineFile } from "./engineFile.ts";
import { UserError } from "../terminal/userError.ts";

/** What is read here of the state that the engine's file backend keeps. */
const stateSchema = z.object({
  checkpoint: z.object({
    latest: z
      .object({
        resources: z.array(z.looseObject({ urn: z.string() })).optional(),
        pending_operations: z
          .array(z.looseObject({ type: z.string(), resource: z.looseObject({ urn: z.string() }) }))
          .optional(),
      })
      .nullish(),
  }),
});

const statesOf = (folder: string): string => join(folder, ".pulumi/stacks/strata");
export const stateFile = (folder: string, stack: string): string =>
  join(statesOf(folder), `${stackFileName(stack)}.json`);

/**
 * Puts the engine's own backup in the place of a stack's state that can't be read, as after a power cut: what was made since
 * is taken over by its name, what was deleted since is deleted once more, which does nothing.
 *
 * @param folder of the engine's file backend. @throws UserError where the backup is damaged, too, or one of them can't be read.
 */
export function mendState(folder: string, stack: string, say: (sentence: string) => void): void {
  const file = stateFile(folder, stack);
  if (readEngineFile(file, stateSchema) !== "damaged") return;
  const backup = `${file}.bak`;
  const kept = readEngineFile(backup, stateSchema);
  // The engine makes one before each write but the first, which holds no resources yet.
  if (kept === "absent") {
    for (const each of [file, `${file}.attrs`]) rmSync(each, { force: true });
    say(`the engine's state of ${stack} was damaged before anything was built: it begins anew`);
    return;
  }
  if (kept === "damaged") {
    throw new UserError(
      `the engine's state of ${stack} and its backup are damaged (${file}, .bak); put a copy of yours there, or move both away and ` +
        `run ./strata up ${stack}: it takes over what it finds`,
    );
  }
  const aside = `${file}.damaged`;
  copyFileSync(file, aside);
  writeWhole(file, readFileSync(backup), 0o600);
  rmSync(`${file}.attrs`, { force: true });
  say(`the engine's state of ${stack} was damaged, as by a power cut: its backup is used (the damaged one: ${aside})`);
}

/**
 * Removes what the engine's file backend keeps beside its files where that is damaged: it writes them in place, and a kill at
 * that moment leaves an empty one, by which every command fails with "EOF". It does without any.
 */
export function mendAttributes(folder: string): void {
  for (const directory of [join(folder, ".pulumi"), statesOf(folder)]) {
    if (!existsSync(directory)) continue;
    const names = readdirSync(directory).filter((name) => name.endsWith(".attrs"));
    for (const file of names.map((name) => join(directory, name))) {
      if (readEngineFile(file, z.unknown()) === "damaged") rmSync(file, { force: true });
    }
  }
}

/** Names of the stacks whose states a folder of the engine's file backend has, sorted; undefined where it has none of this project. */
export function storedStacks(folder: string): string[] | undefined {
  const directory = statesOf(folder);
  if (!existsSync(directory)) return undefined;
  const names = readdirSync(directory).map((name) => /^([^.].*)\.json(\.gz)?$/.exec(name)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}

/** Resources that were being created when an engine was killed, by URN. The engine itself never forgets them. */
export function pendingCreates(folder: string, stack: string): { urn: string; taken: boolean }[] {
  const state = readEngineFile(stateFile(folder, stack), stateSchema);
  const latest = typeof state === "string" ? undefined : state.checkpoint.latest;
  const known = new Set(latest?.resources?.map(({ urn }) => urn));
  const creating = latest?.pending_operations?.filter(({ type }) => type === "creating") ?? [];
  return creating.map(({ resource: { urn } }) => ({ urn, taken: known.has(urn) }));
}
