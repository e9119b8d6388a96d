import * as pulumi from "@pulumi/pulumi";

/**
 * Leaves out what Pulumi's SDK does for its own debugging, unless STRATA_SDK_DEBUG=1: it keeps a stack trace with every
 * promise, looked up in source maps, and sends thousands of debug messages to the engine, each once the one before has
 * been answered; a program ends after its last. Errors keep their stack traces: Node.js only blanks out the types, so
 * positions are right without source maps.
 */
export function leaveOutSdkDebugging(): void {
  if (process.env.STRATA_SDK_DEBUG === "1") return;
  Reflect.deleteProperty(Error, "prepareStackTrace");
  Object.assign(pulumi.log, { debug: () => Promise.resolve() });
}
