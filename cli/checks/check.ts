/** What one suite of checks found. */
export interface CheckResult {
  passed: number;
  failed: number;
  /** One reason for each check that was not made. */
  skipped: readonly string[];
}

/** A suite that `strata test` runs by name. */
export interface Check {
  name: string;
  /** Shown by `strata test --help`. */
  description: string;
  /** Needs the engine, plugins and host packages. */
  needsSetup: boolean;
  /** Suites without which this one would only repeat their failures, slowly. */
  after: readonly string[];
  run: (filter: string | undefined) => Promise<CheckResult>;
}

export const passed: CheckResult = { passed: 1, failed: 0, skipped: [] };
export const failed: CheckResult = { passed: 0, failed: 1, skipped: [] };
