import { rm } from "node:fs/promises";
import type { SameStart } from "../../benchmarks/run.ts";
import { snapshotDirectory } from "./folder.ts";
import { restoreMachines } from "./restore.ts";
import { saveSnapshot } from "./save.ts";

/** What a benchmark's own snapshot is called, which is there as long as it runs. */
const name = "start-of-bench";

const quiet = (): void => undefined;

/** Lends a benchmark the means to start each repetition from one state of the testbed; nothing of it is left after that. */
export async function withSameStart<T>(stack: string, work: (sameStart: SameStart) => Promise<T>): Promise<T> {
  try {
    return await work({
      keep: async (signal) => {
        await saveSnapshot(stack, name, { tell: quiet, signal });
      },
      again: (signal) => restoreMachines(stack, name, { tell: quiet, signal }),
    });
  } finally {
    await rm(snapshotDirectory(stack, name), { recursive: true, force: true });
  }
}
