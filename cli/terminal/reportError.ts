import { messageOf } from "../../providers/kit/plain/errors.ts";
import { visible } from "../../providers/kit/plain/printable.ts";

/** Exit status after Ctrl-C, in the shell's convention: 128 + SIGINT. */
export const interrupted = 130;

/**
 * Says what went wrong on standard error, without a stack trace unless STRATA_DEBUG is set.
 *
 * @returns the exit status.
 */
export function reportError(error: unknown, write = (text: string): unknown => process.stderr.write(text)): number {
  if (isInterrupt(error)) {
    write("strata: interrupted\n");
    return interrupted;
  }
  const message = visible(messageOf(error));
  write(`strata: ${message}\n`);
  if (process.env.STRATA_DEBUG && error instanceof Error) write(`${visible(error.stack ?? "")}\n`);
  return 1;
}

/** Not by instanceof: what an aborted signal throws may come from another realm. */
export function isInterrupt(error: unknown): boolean {
  return typeof error === "object" && error !== null && "name" in error && error.name === "AbortError";
}
