import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Does work whose temporary files go when it ends: the Kubernetes plugin writes the cluster's kubeconfig into one for each
 * run, and leaves it.
 *
 * @param work gets the directory, readable by this user alone, for the environment's TMPDIR.
 */
export async function withTemporaryFiles<Result>(work: (directory: string) => Promise<Result>): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), "strata-run-"));
  try {
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
