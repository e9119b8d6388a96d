import type { Operation } from "../../kit/crud.ts";

export type Logging = "none" | "stdout" | "stderr" | "stdoutAndStderr";

export type Stream = "stdout" | "stderr";

/** Whether the user wants to see what a command prints to a stream. The official plugin's default is both. */
export function shows(logging: Logging | undefined, stream: Stream): boolean {
  return logging === undefined || logging === "stdoutAndStderr" || logging === stream;
}

/** A display shows one line of status a resource; more changes a second than this nobody can read. */
const intervalMs = 200;

/**
 * Shows a command's output as it comes, as the resource's status: the newest line, several times a second at most.
 *
 * @returns what to pass lines to.
 */
export function progress(operation: Operation<null>, logging: Logging | undefined) {
  let timer: NodeJS.Timeout | undefined;
  let newest = "";
  return (stream: Stream, line: string): void => {
    if (!shows(logging, stream) || line.trim() === "") return;
    newest = line;
    timer ??= setTimeout(() => {
      timer = undefined;
      operation.log("info", newest, true);
    }, intervalMs).unref();
  };
}

let said = false;

/** Says once that this is not the official plugin. */
export function sayStandIn(operation: Operation<null>): void {
  if (said) return;
  said = true;
  operation.log("info", "run by Strata's stand-in for the official command plugin", true);
}
