import { createInterface } from "node:readline/promises";
import type { Tell } from "../../events/event.ts";
import { runEngine } from "../engine/run.ts";
import { UserError } from "../terminal/userError.ts";

/**
 * Shows what an operation would do and asks whether to do it; where nobody can answer, the engine itself says how to agree.
 *
 * @param preview the operation's preview, and its stack. @returns flags that tell the engine of the consent.
 * @throws UserError without consent, or when the preview fails.
 */
export async function consent(preview: string[], tell: Tell | undefined): Promise<string[]> {
  if (!process.stdin.isTTY) return [];
  const { exitStatus } = await runEngine(preview, true, tell);
  if (exitStatus !== 0) throw new UserError("the preview failed, so nothing was changed; the reasons stand above");
  await agree(tell);
  return agreed;
}

/** Asks whether to do what was shown. @throws UserError without consent. */
export async function agree(tell: Tell | undefined): Promise<void> {
  // Standard output may be for events alone.
  const asking = createInterface({ input: process.stdin, output: tell ? process.stderr : process.stdout });
  const answer = await asking.question("\nDo this? [y/N] ").finally(() => {
    asking.close();
  });
  if (!/^(y|yes)$/i.test(answer.trim())) throw new UserError("nothing was changed");
}

/** The engine's flags for who has agreed. */
export const agreed = ["--yes", "--skip-preview"];
