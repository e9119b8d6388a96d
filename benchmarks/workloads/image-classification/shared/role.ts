import { readFileSync } from "node:fs";
import { calibrateClock, clockStepMs } from "./clock.ts";
import type { Clock } from "./clock.ts";
import { environment, readBrokerConfig } from "./config.ts";
import type { BrokerConfig, Role, RoleResult } from "./protocol.ts";
import { RunDirectory } from "./runDirectory.ts";
import { RunFailure } from "./runFailure.ts";

export interface RoleContext {
  clock: Clock;
  broker: BrokerConfig;
  /** Path of the role's configuration. */
  configFile: string;
  runDirectory: string;
  record: RunDirectory;
  /** Aborted with a reason, a string, by SIGTERM and SIGINT; the role may abort it too. */
  end: AbortController;
  /** Counts of the result; the role keeps them current, so that a failed run has them too. */
  counts: { photos: number; answered: number };
  /** What else goes into the result. */
  facts: Partial<Pick<RoleResult, "catalogue" | "model">> & { versions: Record<string, string> };
}

/**
 * Runs a role from its start to its result file. Resolves to the exit status: 0 completed or stopped, 1 failed.
 * The result file and all samples are written whatever happens.
 */
export async function runRole(
  role: Role,
  columns: readonly string[],
  body: (context: RoleContext) => Promise<void>,
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
  const counts = { photos: 0, answered: 0 };
  const facts: RoleContext["facts"] = { versions: { node: process.versions.node } };
  const configFile = environment("STRATA_ROLE_CONFIG");
  let id = "";
  let outcome: RoleResult["outcome"] = "completed";
  let reason: string | undefined;
  try {
    id = (JSON.parse(readFileSync(configFile, "utf8")) as { id: string }).id;
    const broker = readBrokerConfig(environment("STRATA_CONFIG"));
    await body({ clock, broker, configFile, runDirectory, record, end, counts, facts });
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
    ...counts,
    clockUncertaintyMs: clock.uncertaintyMs,
    clockStepMs: clockStepMs(clock),
    ...facts,
  });
  return outcome === "failed" ? 1 : 0;
}

/** Version of an installed package, as its package.json says. */
export function packageVersion(name: string): string {
  const url = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  try {
    return (JSON.parse(readFileSync(url, "utf8")) as { version: string }).version;
  } catch {
    // Run from a checkout, where the packages are the repository's own.
    return "see package-lock.json";
  }
}
