import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { getSystemErrorMap } from "node:util";

/**
 * Writes a file a block at a time. What was written before an error stays.
 * @throws Error of the file system, when the disk is full for example.
 */
export function writeBlocks(file: string, blocks: Iterable<string>): void {
  const descriptor = openSync(file, "w");
  try {
    for (const block of blocks) {
      const bytes = Buffer.from(block);
      // One call may write less than all.
      for (let done = 0; done < bytes.length; done += writeSync(descriptor, bytes, done));
    }
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Why a file is not there, in a sentence: "cannot write /results/samples.csv: no space left on device; free some". */
export function notWritten(file: string, error: unknown): string {
  const { errno, code, message } = error as NodeJS.ErrnoException;
  const why = errno === undefined ? undefined : getSystemErrorMap().get(errno)?.[1];
  const fix = code === "ENOSPC" || code === "EDQUOT" ? "; free some, and measure again" : "";
  return `cannot write ${file}: ${why ?? message}${fix}`;
}
