import { join, resolve } from "node:path";

/** Where Strata keeps what belongs to this checkout: engine state, keys, results. `STRATA_STATE` overrides it. */
export function stateDirectory(): string {
  return resolve(process.env.STRATA_STATE ?? join(import.meta.dirname, "../../.strata"));
}

/** What belongs to one stack: ssh keys and configuration (`ssh_config`), passwords, results. */
export function stackDirectory(stack: string): string {
  return join(stateDirectory(), "stacks", stack);
}

/** Folder of a stack's passwords, a file each, as its credentials make them. */
export function passwordsDirectory(stack: string): string {
  return join(stackDirectory(stack), "passwords");
}

/** Results of a stack's benchmarks, a folder a run. They outlive the testbed. */
export function resultsDirectory(stack: string): string {
  return join(stateDirectory(), "results", stack);
}
