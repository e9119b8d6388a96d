import { hostname } from "node:os";
import { join } from "node:path";
import { interruptible } from "../../benchmarks/run/interrupt.ts";
import { holderText, isOrphaned, withLock, type Holder } from "../../local/lock.ts";
import { stackFileName, stateDirectory } from "../../local/stateDirectory.ts";
import { holdEngineLock, takeOverEngineLocks } from "../pulumi/engineLocks.ts";
import { mendAttributes, mendState } from "../pulumi/engineState.ts";
import { finishJournal } from "../journal/finish.ts";
import { engineFolder } from "../pulumi/run.ts";
import { finishUnfinished } from "../snapshots/finish.ts";
import { say } from "../terminal/say.ts";
import { UserError } from "../terminal/userError.ts";

/** An engine that is told to end waits for what is under way; a machine's software takes the longest. */
const orphanSeconds = 60 * 60;

/**
 * Does a command's work while no other of this checkout changes or measures the same testbed. The engine that it starts holds
 * the lock with it: after a `kill -9` of this process alone, the next command waits until the engine has ended.
 *
 * @throws UserError when another command has the testbed: which one, and what to do.
 */
export async function asOwner<T>(command: string, stack: string, work: () => Promise<T>): Promise<T> {
  const options = {
    doing: `runs strata ${command} ${stack}`,
    limitSeconds: orphanSeconds,
    onWait: (holder: Holder | undefined): void => {
      // This process's own: the plugins of the engine that it has run just now are about to end.
      if (holder?.pid === process.pid && holder.host === hostname()) return;
      if (holder === undefined || !isOrphaned(holder)) throw new UserError(inUse(stack, holder));
      say(`waiting for the engine of a command that has ended (${holderText(holder)}): it finishes what is under way`);
    },
  };
  return withLock(ownerFile(stack), options, async () => {
    await takeOver(stack);
    await finishUnfinished(command, stack);
    return work();
  });
}

/**
 * Puts in order what killed engines have left of a stack: their locks, files that they were writing, and what their journals
 * tell. Where there is no engine yet nobody knows where that is: who sets one up calls it again.
 *
 * @throws UserError where somebody else's engine works on it.
 */
export async function takeOver(stack: string): Promise<void> {
  const folder = engineFolder();
  if (folder === undefined) return;
  await takeOverEngineLocks(folder, stack, say);
  mendAttributes(folder);
  mendState(folder, stack, say);
  finishJournal(folder, stack, say);
}

/**
 * As `asOwner`, for work that must find the testbed unchanged: plain `pulumi up` and `destroy` are refused meanwhile, too.
 *
 * @param work is told by the signal to end (Ctrl-C and the like): this process goes on until it has given the engine's lock back.
 */
export async function asObserver<T>(
  command: string,
  stack: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return asOwner(command, stack, () =>
    interruptible(async (signal) => {
      const giveBack = await heldEngine(stack);
      try {
        signal.throwIfAborted();
        return await work(signal);
      } finally {
        giveBack();
      }
    }),
  );
}

/** @returns gives the engine's lock back. */
async function heldEngine(stack: string): Promise<() => void> {
  const folder = engineFolder();
  return folder === undefined ? () => undefined : holdEngineLock(folder, stack);
}

/** Not in the stack's own folder, which `destroy` removes. @throws ProviderError for what can be no stack's name. */
export function ownerFile(stack: string): string {
  return join(stateDirectory(), "locks", `${stackFileName(stack)}.lock`);
}

function inUse(stack: string, holder: Holder | undefined): string {
  const end = holder?.host === hostname() ? `end it (kill ${holder.pid})` : "end it there";
  return `testbed ${stack} is in use: ${holderText(holder)}; wait for that to end or ${end}, then try again`;
}
