import { join } from "node:path";
import { stackDirectory } from "./stateDirectory.ts";

/** What the machines of a rolling update of a stack's software know of each other by. */
export interface RollingUpdateFiles {
  /** Locked by the machine that is being changed. */
  lock: string;
  /** Says which machine failed, and when. */
  failure: string;
}

export function rollingUpdateFiles(stack: string): RollingUpdateFiles {
  const directory = stackDirectory(stack);
  return { lock: join(directory, "rolling-update.lock"), failure: join(directory, "rolling-update-failed.json") };
}
