import { rm } from "node:fs/promises";
import { interruptible } from "../../benchmarks/run/interrupt.ts";
import { messageOf } from "../../providers/kit/plain/errors.ts";
import { ensureHost } from "../../providers/strata/host/host.ts";
import { say } from "../terminal/say.ts";
import { UserError } from "../terminal/userError.ts";
import { passingDirectory } from "./folder.ts";
import { noteEnd, unfinished, type Note } from "./interrupted.ts";
import { machinesOf } from "./machineStates.ts";
import { restoreSnapshot } from "./restore.ts";

/** Commands to which it is all the same whether a testbed is brought back: they remove it. */
const removing = ["destroy", "gc"];
/** One that brings it back itself, whatever there is of it. */
const restoring = "snapshot restore";

/**
 * Brings to an end what a killed run has begun with a stack's machines: those that it was saving go on, those that it was
 * bringing back are brought back.
 *
 * @param command that wants to work with the testbed. What it does itself stays noted until it has.
 * @throws UserError where that can't be.
 */
export async function finishUnfinished(command: string, stack: string): Promise<void> {
  const note = unfinished(stack);
  if (note === undefined) return;
  if (note.doing === "restore" && [...removing, restoring].includes(command)) return;
  await interruptible(async (signal) => {
    try {
      await (note.doing === "save" ? goOn(stack, note, signal) : again(stack, note, signal));
    } catch (error) {
      signal.throwIfAborted();
      if (!removing.includes(command)) throw new UserError(failureText(stack, note, messageOf(error)));
      say(`machines of ${stack} that were being saved could not go on: ${messageOf(error)}`);
    }
  });
}

async function goOn(stack: string, { snapshot, infrastructure }: Note, signal: AbortSignal): Promise<void> {
  await ensureHost();
  const { states } = await machinesOf(stack, infrastructure, signal);
  try {
    const names = await states.goOn();
    if (names.length > 0) say(`a killed run was saving ${stack}: ${names.join(", ")} went on where they were`);
  } finally {
    states.close();
  }
  await rm(passingDirectory(stack, snapshot), { recursive: true, force: true });
  noteEnd(stack);
}

async function again(stack: string, { snapshot }: Note, signal: AbortSignal): Promise<void> {
  say(`a killed run was bringing ${stack} back from snapshot ${snapshot}: that is done again`);
  await restoreSnapshot(stack, snapshot, { tell: () => undefined, signal });
}

function failureText(stack: string, { doing, snapshot }: Note, why: string): string {
  const what =
    doing === "save"
      ? `its machines were being saved as ${snapshot}`
      : `it was being brought back from snapshot ${snapshot}`;
  return `testbed ${stack} is not whole: ${what} when that was killed, and it can't be finished (${why}); ./strata destroy ${stack}, then ./strata up ${stack} builds it anew`;
}
