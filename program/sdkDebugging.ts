import * as pulumi from "@pulumi/pulumi";
import sdkDebuggable from "@pulumi/pulumi/runtime/debuggable.js";

/** What the SDK's own types leave out. */
export interface Debuggable {
  /** PULUMI_DEBUG_PROMISE_LEAKS was set. */
  debugPromiseLeaks: boolean;
  debuggablePromise: <T>(promise: Promise<T>, context: unknown) => Promise<T>;
  leakedPromises: () => [leaked: Set<unknown>, message: string];
}

export const debuggable = sdkDebuggable as unknown as Debuggable;

/**
 * Leaves out what Pulumi's SDK does for its own debugging, unless STRATA_SDK_DEBUG=1:
 * - it keeps a stack trace with every promise, some twenty a resource, for the message about promises that never
 *   resolve: most of the time in which a program registers its resources. The message itself stays, and with
 *   PULUMI_DEBUG_PROMISE_LEAKS=1, as it says, so do the stack traces.
 * - it walks the stack for the line of the program that made a resource, which the engine only keeps.
 * - it looks all stack traces up in source maps; Node.js only blanks out the types, so positions are right without.
 * - it sends thousands of debug messages to the engine, each once the one before has been answered; a program ends after
 *   its last.
 */
export function leaveOutSdkDebugging(): void {
  if (process.env.STRATA_SDK_DEBUG === "1") return;
  Reflect.deleteProperty(Error, "prepareStackTrace");
  Object.assign(pulumi.log, { debug: () => Promise.resolve() });
  Object.assign(pulumi.Resource, { callsites: () => [] });
  if (debuggable.debugPromiseLeaks) return;
  const { debuggablePromise } = debuggable;
  Object.assign(debuggable, {
    debuggablePromise: <T>(promise: Promise<T>, context: unknown) =>
      withoutStackTraces(() => debuggablePromise(promise, context)),
  });
}

function withoutStackTraces<Result>(work: () => Result): Result {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = limit;
  }
}
