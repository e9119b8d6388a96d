import { copyFileSync, statSync, truncateSync } from "node:fs";

/** Enough to see what happened; what a guest wants of the host's memory (the log is below /run) is bounded by twice this. */
const largestLog = 1024 * 1024;
const longestLine = 300;

/**
 * Writes lines that guests may cause, and be in. When the file is full, it becomes FILE.1, in place of an older one.
 *
 * @param file where `write` writes, which appends; absent: that is no file.
 */
export function boundedLog(
  file: string | undefined,
  write: (text: string) => unknown,
  largest = largestLog,
): (line: string) => void {
  return (line) => {
    try {
      if (file !== undefined && (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > largest) {
        copyFileSync(file, `${file}.1`);
        truncateSync(file);
      }
      write(`${shortened(line)}\n`);
    } catch {
      // On a full disk, say: what is served is worth more than its log.
    }
  };
}

/** One line of bounded length, without control characters: it is read in a terminal. */
function shortened(line: string): string {
  const plain = line.slice(0, longestLine + 1).replace(/\p{Cc}/gu, "?");
  return plain.length > longestLine ? `${plain.slice(0, longestLine)}...` : plain;
}
