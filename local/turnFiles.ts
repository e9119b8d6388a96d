import { join } from "node:path";
import { stackDirectory } from "./stateDirectory.ts";

/** What the machines of a stack whose software changes one after the other know of each other's turns by. */
export interface TurnFiles {
  /** Locked by the machine that has its turn. */
  lock: string;
  /** Says which machine failed in its turn, and when. */
  failure: string;
}

export function turnFiles(stack: string): TurnFiles {
  const directory = stackDirectory(stack);
  return { lock: join(directory, "turn.lock"), failure: join(directory, "turn-failed.json") };
}
