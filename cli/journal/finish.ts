import { renameSync, rmSync } from "node:fs";
import { stateFile } from "../pulumi/engineState.ts";
import { checkpointText, readCheckpoint, writeCheckpoint, type Checkpoint } from "./checkpoint.ts";
import { hashOf, journalOf, readJournal } from "./journalFile.ts";
import { replay } from "./replay.ts";

/**
 * Makes the state of a stack from the journal of its latest update, where there is one: after each, and after one that was
 * killed. Killed itself, it does so again.
 *
 * @param folder of the engine's file backend. @param say hears of a journal that is of no use any more.
 */
export function finishJournal(folder: string, stack: string, say: (sentence: string) => void): void {
  const path = journalOf(folder, stack);
  const journal = readJournal(path);
  const file = stateFile(folder, stack);
  const now = journal && readCheckpoint(file);
  if (journal !== undefined && now !== undefined && journal.entries.length > 0) {
    const { header, entries } = journal;
    const made = (base: Checkpoint): string => checkpointText(stack, replay(base.deployment, entries), header);
    if (hashOf(now.text) === header.base) {
      writeCheckpoint(file, made(now));
    } else {
      const before = readCheckpoint(`${file}.bak`);
      const done = before !== undefined && hashOf(before.text) === header.base && made(before) === now.text;
      if (!done) {
        setAside(path, now, replay({}, entries).deployment.resources ?? [], stack, say);
        return;
      }
    }
  }
  rmSync(path, { force: true });
}

/** After `pulumi cancel`, somebody went on with plain Pulumi from the state before the run that was killed. */
function setAside(
  path: string,
  now: Checkpoint,
  made: readonly { urn: string }[],
  stack: string,
  say: (sentence: string) => void,
): void {
  const known = new Set(now.deployment.resources?.map(({ urn }) => urn));
  const lost = made.filter(({ urn }) => !known.has(urn)).map(({ urn }) => urn.split("::").at(-1));
  const aside = `${path}.unused`;
  renameSync(path, aside);
  say(
    `the state of ${stack} was changed after a run of strata was killed, without what that run had made: ` +
      (lost.length === 0
        ? "all of it is there now"
        : `${lost.join(", ")} may be there; ./strata up ${stack} takes over what the experiment has of it (its journal: ${aside})`),
  );
}
