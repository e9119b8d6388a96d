import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { writeWhole } from "../../local/writeWhole.ts";
import { holdEngineLock } from "../pulumi/engineLocks.ts";
import { stateFile } from "../pulumi/engineState.ts";
import { readCheckpoint } from "./checkpoint.ts";
import { finishJournal } from "./finish.ts";
import { hashOf, journalOf, JournalWriter } from "./journalFile.ts";
import { serveUpdate, type Service } from "./service.ts";

/** Whose update has a journal. */
export interface Journaled {
  /** The engine's file backend, which has the stack. */
  folder: string;
  stack: string;
  /** Version of the engine, "3.274.1". */
  engine: string;
  /** Hears of what goes wrong. */
  say: (sentence: string) => void;
}

/**
 * Runs an update with an engine that keeps a journal of its steps, in place of writing the whole state of the stack at each
 * of them, which takes the square of their number. The state is made of it at the end, or by the next command after a kill.
 *
 * @param work runs the engine with these variables beside its own.
 */
export async function withJournal<Result>(
  { folder, stack, engine, say }: Journaled,
  work: (variables: Record<string, string>) => Promise<Result>,
): Promise<Result> {
  // The engine takes a lock in its files only when it works with them.
  const release = await holdEngineLock(folder, stack);
  try {
    const checkpoint = readCheckpoint(stateFile(folder, stack));
    if (checkpoint === undefined) throw new Error(`the engine has no state of ${stack} in ${folder}`);
    const path = journalOf(folder, stack);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const header = { base: hashOf(checkpoint.text), engine, began: new Date().toISOString() };
    const journal = await JournalWriter.create(path, header);
    try {
      const service = await serveUpdate({ stack, checkpoint, add: (entries) => journal.add(entries) }, say);
      try {
        return await work(variablesFor(service, loggedIn(`${path}.login`, service)));
      } finally {
        service.close();
        rmSync(`${path}.login`, { recursive: true, force: true });
      }
    } finally {
      await journal.close();
      finishJournal(folder, stack, say);
    }
  } finally {
    release();
  }
}

const variablesFor = (service: Service, credentials: string): Record<string, string> => ({
  PULUMI_BACKEND_URL: service.url,
  PULUMI_CREDENTIALS_PATH: credentials,
  PULUMI_DISABLE_JOURNALING: "false",
  // Beside the journal the engine keeps the state in its memory, and would write that out at each step, to nowhere.
  PULUMI_SKIP_CHECKPOINTS: "true",
});

/**
 * The engine is logged in by a file of its own: in the user's nothing changes.
 *
 * @returns the directory, whose file is worth nothing once the service has ended.
 */
function loggedIn(directory: string, { url, token }: Service): string {
  const account = { accessToken: token, username: "organization", lastValidatedAt: new Date().toISOString() };
  const credentials = { current: url, accessTokens: { [url]: token }, accounts: { [url]: account } };
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  writeWhole(join(directory, "credentials.json"), JSON.stringify(credentials), 0o600);
  return directory;
}
