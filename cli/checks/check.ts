/** What one suite of checks found. */
export interface CheckResult {
  passed: number;
  failed: number;
  /** What is known of those that failed, each with its name and how it began to say why. */
  failures?: readonly string[];
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
  /** Test files whose path matches a filter; absent: the suite has none, and filters nothing. */
  matching?: (filter: string) => Promise<string[]>;
}

export const passed: CheckResult = { passed: 1, failed: 0, skipped: [] };
export const failed: CheckResult = { passed: 0, failed: 1, skipped: [] };
