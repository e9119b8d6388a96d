import { Option } from "commander";
import type { Of, Tell } from "../events/event.ts";
import { seldom } from "../events/seldom.ts";
import { stamp, stopwatch } from "../events/stamp.ts";
import type { Outcome } from "../events/words.ts";
import { messageOf } from "../providers/kit/plain/errors.ts";
import { interrupted, isInterrupt } from "./terminal/reportError.ts";

/** Of every command that takes long. */
export function eventsOption(): Option {
  return new Option("--events", "print what happens, as JSON lines (docs/events.md)").conflicts("json");
}

/** Prints what it is told as JSON lines, on standard output, where then nothing else goes. */
export function eventLines(command: string): Tell {
  return seldom(
    stamp(command, (event) => {
      process.stdout.write(`${JSON.stringify(event)}\n`);
    }),
  );
}

/** What is known of a command at its end, beside how long it took. */
type End = Partial<Omit<Of<"ended">, "kind" | "item" | "seconds">> & { exitStatus: number };

/**
 * Tells that a command, or one that it is made of, begins, and how it ends; what it throws, too.
 *
 * @returns the exit status.
 */
export async function asCommand(name: string, tell: Tell | undefined, work: () => Promise<End>): Promise<number> {
  const item = { type: "command", name } as const;
  const seconds = stopwatch();
  const end = (how: End & { outcome: Outcome }): void => tell?.({ kind: "ended", item, seconds: seconds(), ...how });
  tell?.({ kind: "started", item });
  try {
    const how = await work();
    end({ outcome: outcomeOf(how.exitStatus), ...how });
    return how.exitStatus;
  } catch (error) {
    if (isInterrupt(error)) end({ outcome: "interrupted", exitStatus: interrupted });
    else end({ outcome: "failed", exitStatus: 1, text: messageOf(error) });
    throw error;
  }
}

function outcomeOf(exitStatus: number): Outcome {
  if (exitStatus === interrupted) return "interrupted";
  return exitStatus === 0 ? "done" : "failed";
}
