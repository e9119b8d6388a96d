import { join, resolve } from "node:path";
import { ProviderError } from "../providers/kit/plain/errors.ts";

/** Where Strata keeps what belongs to this checkout: engine state, keys, results. `STRATA_STATE` overrides it. */
export function stateDirectory(): string {
  return resolve(process.env.STRATA_STATE ?? join(import.meta.dirname, "../.strata"));
}

/** Whether Pulumi takes it for a stack's name, and it leads out of no directory as that of a file. */
export function isStackName(name: string): boolean {
  return /^[\w.-]{1,100}$/.test(name) && !/^\.+$/.test(name);
}

/** A stack's name as that of a file. @throws ProviderError if it is none. */
export function stackFileName(stack: string): string {
  if (isStackName(stack)) return stack;
  throw new ProviderError(
    `${JSON.stringify(stack)} is no name of a stack; use up to 100 letters, digits, underscores, dots and dashes`,
  );
}

/** What belongs to one stack: ssh keys and configuration (`ssh_config`), passwords, results. */
export function stackDirectory(stack: string): string {
  return join(stateDirectory(), "stacks", stackFileName(stack));
}

/** Folder of a stack's passwords, a file each, as its credentials make them. */
export function passwordsDirectory(stack: string): string {
  return join(stackDirectory(stack), "passwords");
}

/** Results of a stack's benchmarks, a folder a run. They outlive the testbed. */
export function resultsDirectory(stack: string): string {
  return join(stateDirectory(), "results", stackFileName(stack));
}

/** A stack's snapshots, a folder each. They outlive the testbed, and what is secret in it is in them, too. */
export function snapshotsDirectory(stack: string): string {
  return join(stateDirectory(), "snapshots", stackFileName(stack));
}
