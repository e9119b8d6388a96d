/** What one suite of checks found. */
export interface CheckResult {
  passed: number;
  failed: number;
  /** What is known of those that failed, each with its name and how it began to say why. */
  failures?: readonly string[];
  /** One reason for each check that was not made. */
  skipped: readonly string[];
  /** Test files of which each test was made and passed, by their paths in the tree, and the seconds that each took. */
  passedFiles?: ReadonlyMap<string, number>;
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
  /** @param files those to run, by their paths in the tree; absent: all. */
  run: (files?: readonly string[]) => Promise<CheckResult>;
  /** Test files whose path matches a filter, in the order in which they run; absent: the suite has none, and filters nothing. */
  files?: (filter?: string) => Promise<string[]>;
  /** So many of its files run beside each other, and each is remembered by itself; absent: the suite is one. */
  filesAtATime?: number;
  /** Runs whatever it found before. */
  everyTime?: true;
  /** Files that are left out where time runs short; absent: all always run. */
  optional?: (file: string) => boolean;
}

export const passed: CheckResult = { passed: 1, failed: 0, skipped: [] };
export const failed: CheckResult = { passed: 0, failed: 1, skipped: [] };
