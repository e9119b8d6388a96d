import { Argument, type Command } from "commander";
import { reasonOf } from "../setup/reasonOf.ts";
import { testPackagesStep } from "../setup/steps/hostPackages.ts";
import type { Check, CheckResult } from "./checks/check.ts";
import { checks } from "./checks/index.ts";
import { isInterrupt } from "./reportError.ts";
import { setUp } from "./setup.ts";
import { extraSteps, kubernetesSteps } from "./steps.ts";

const setupName = "setup";

export function register(program: Command): void {
  const names = checks.map(({ name }) => name);
  program
    .command("test")
    .description("run the project's checks, after setting up what they need")
    .addArgument(new Argument("[suite...]", "all of them by default").choices(names))
    .option("-y, --yes", "install missing host packages without asking (the default in CI)")
    .option("--filter <pattern>", "run only the test files whose path matches")
    .addHelpText(
      "after",
      `
Suites:
${checks.map(({ name, description }) => `  ${name.padEnd(9)}${description}`).join("\n")}

Examples:
  strata test
  strata test lint types unit
  strata test engine --filter providers/libvirt
`,
    )
    .action(async (suites: string[], options: { yes?: boolean; filter?: string }) => {
      const chosen = checks.filter(({ name }) => suites.length === 0 || suites.includes(name));
      const yes = options.yes ?? process.env.CI !== undefined;
      const all = chosen.some(({ needsSetup }) => needsSetup) ? [setupCheck(yes), ...chosen] : chosen;
      const results = await runChecks(all, options.filter, (text) => process.stdout.write(text));
      const { line, ok } = summary([...results.values()]);
      process.stdout.write(`\n${line}\n`);
      if (!ok) process.exitCode = 1;
    });
}

/** No test by itself, so it counts only when it fails. */
function setupCheck(yes: boolean): Check {
  return {
    name: setupName,
    description: "what the checks need",
    needsSetup: false,
    after: [],
    run: async () => {
      await setUp([...extraSteps, ...kubernetesSteps, testPackagesStep], { yes });
      return { passed: 0, failed: 0, skipped: [] };
    },
  };
}

/** Runs checks in order. One that builds on a failed one is not run, and says so. */
export async function runChecks(
  chosen: readonly Check[],
  filter: string | undefined,
  write: (text: string) => unknown,
): Promise<Map<string, CheckResult>> {
  const results = new Map<string, CheckResult>();
  for (const check of chosen) {
    const needs = check.needsSetup ? [setupName, ...check.after] : check.after;
    const broken = needs.find((name) => (results.get(name)?.failed ?? 0) > 0);
    write(`\n== ${check.name}: ${check.description}\n`);
    const begun = performance.now();
    const result = broken === undefined ? await runOne(check, filter, write) : notRun(check, broken);
    results.set(check.name, result);
    for (const reason of result.skipped) write(`skipped: ${reason}\n`);
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    write(`-- ${check.name}: ${counts(result)} in ${seconds} s\n`);
  }
  return results;
}

async function runOne(
  check: Check,
  filter: string | undefined,
  write: (text: string) => unknown,
): Promise<CheckResult> {
  try {
    return await check.run(filter);
  } catch (error) {
    if (isInterrupt(error)) throw error;
    write(`${check.name}: ${reasonOf(error)}\n`);
    return { passed: 0, failed: 1, skipped: [] };
  }
}

function notRun(check: Check, broken: string): CheckResult {
  return { passed: 0, failed: 0, skipped: [`${check.name} was not run, because ${broken} failed`] };
}

function counts({ passed, failed, skipped }: CheckResult): string {
  return `${passed} passed, ${failed} failed, ${skipped.length} skipped`;
}

/** The closing line over all suites, and whether all is well. */
export function summary(results: readonly CheckResult[]): { line: string; ok: boolean } {
  const sum = (of: (result: CheckResult) => number): number => results.reduce((total, result) => total + of(result), 0);
  const failures = sum(({ failed }) => failed);
  const line = `${sum(({ passed }) => passed)} passed, ${failures} failed, ${sum(({ skipped }) => skipped.length)} skipped`;
  return { line, ok: failures === 0 };
}
