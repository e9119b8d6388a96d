import { readFileSync } from "node:fs";
import { calibrateClock, clockStepMs } from "./clock.ts";
import type { Clock } from "./clock.ts";
import { environment } from "./config.ts";
import type { RoleResult } from "./protocol.ts";
import { RunDirectory } from "./runDirectory.ts";
import { RunFailure } from "./runFailure.ts";

/** @template Own what the workload adds to the result (protocol.ts). */
export interface RoleContext<Own = object> {
  clock: Clock;
  /** Path of the role's configuration. */
  configFile: string;
  runDirectory: string;
  record: RunDirectory;
  /** Aborted with a reason, a string, by SIGTERM and SIGINT; the role may abort it too. */
  end: AbortController;
  /** The role keeps it current, so that a failed run has it too. */
  result: Own;
  /** Of what it runs with, by name. */
  versions: Record<string, string>;
}

/**
 * Runs a role from its start to its result file. Resolves to the exit status: 0 completed or stopped, 1 failed.
 * The result file and all samples are written whatever happens.
 */
export async function runRole<Own extends object>(
  role: string,
  columns: readonly string[],
  result: Own,
  body: (context: RoleContext<Own>) => Promise<void>,
): Promise<number> {
  const clock = calibrateClock();
  const runDirectory = environment("STRATA_RUN_DIR");
  const record = new RunDirectory(runDirectory, role, columns);
  const end = new AbortController();
  for (const name of ["SIGTERM", "SIGINT"] as const) {
    process.once(name, () => {
      end.abort(`stopped by ${name}`);
    });
  }
  const versions: Record<string, string> = { node: process.versions.node };
  const configFile = environment("STRATA_ROLE_CONFIG");
  let id = "";
  let outcome: RoleResult["outcome"] = "completed";
  let reason: string | undefined;
  try {
    id = (JSON.parse(readFileSync(configFile, "utf8")) as { id: string }).id;
    await body({ clock, configFile, runDirectory, record, end, result, versions });
    if (end.signal.aborted) {
      outcome = "stopped";
      reason = String(end.signal.reason);
    }
  } catch (error) {
    outcome = "failed";
    reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(
      `${error instanceof RunFailure || !(error instanceof Error) ? reason : (error.stack ?? reason)}\n`,
    );
  }
  record.end({
    role,
    id,
    outcome,
    reason,
    ...result,
    clockUncertaintyMs: clock.uncertaintyMs,
    clockStepMs: clockStepMs(clock),
    versions,
  });
  return outcome === "failed" ? 1 : 0;
}

/** Version of an installed package of a workload, as its package.json says. @param folder the workload's own. */
export function packageVersion(name: string, folder: URL): string {
  const url = new URL(`node_modules/${name}/package.json`, folder);
  try {
    return (JSON.parse(readFileSync(url, "utf8")) as { version: string }).version;
  } catch {
    // Run from a checkout, where the packages are the repository's own.
    return "see package-lock.json";
  }
}
