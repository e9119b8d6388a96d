import { Argument, type Command } from "commander";
import { kindNames } from "../components/kinds/index.ts";
import { messageOf } from "../providers/kit/plain/errors.ts";
import type { Step } from "../setup/step.ts";
import { testPackagesStep } from "../setup/steps/hostPackages.ts";
import { notAllowed } from "./checks/allowedSkips.ts";
import type { Check, CheckResult } from "./checks/check.ts";
import { checks } from "./checks/index.ts";
import { isInterrupt } from "./reportError.ts";
import { pluginsOf } from "./plugins.ts";
import { setUp } from "./setup.ts";
import { extraSteps } from "./steps.ts";
import { UserError } from "./userError.ts";

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
      // What may be left out where time runs short goes by it (tests/support/budget.ts).
      if (suites.length === 0) process.env.STRATA_TEST_BEGUN ??= String(Date.now());
      const chosen = checks.filter(({ name }) => suites.length === 0 || suites.includes(name));
      if (options.filter !== undefined) await requireMatch(chosen, options.filter);
      const yes = options.yes ?? process.env.CI !== undefined;
      const all = chosen.some(({ needsSetup }) => needsSetup) ? [setupCheck(yes), ...chosen] : chosen;
      const results = await runChecks(all, options.filter, (text) => process.stdout.write(text));
      const { text, ok } = summary([...results.values()], process.env.CI !== undefined);
      process.stdout.write(`\n${text}\n`);
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
      await setUp([...extraSteps, ...(await pluginsIfBuilt()), testPackagesStep], { yes });
      return { passed: 0, failed: 0, skipped: [] };
    },
  };
}

/** Linked from the cache they cost nothing; on a new machine their tests are not worth the quarter of an hour that a build takes. */
async function pluginsIfBuilt(): Promise<readonly Step[]> {
  const built: Step[] = [];
  for (const { step, isBuilt } of pluginsOf(kindNames)) if (await isBuilt()) built.push(step);
  return built;
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
    write(`${check.name}: ${messageOf(error)}\n`);
    return { passed: 0, failed: 1, skipped: [] };
  }
}

function notRun(check: Check, broken: string): CheckResult {
  return { passed: 0, failed: 0, skipped: [`${check.name} was not run, because ${broken} failed`] };
}

function counts({ passed, failed, skipped }: CheckResult): string {
  return `${passed} passed, ${failed} failed, ${skipped.length} skipped`;
}

/** @throws UserError when no test file of the suites has a path that matches: such a run would check nothing. */
export async function requireMatch(chosen: readonly Check[], filter: string): Promise<void> {
  const files = await Promise.all(chosen.flatMap(({ matching }) => matching?.(filter) ?? []));
  if (files.flat().length > 0) return;
  const names = chosen.map(({ name }) => name).join(", ");
  throw new UserError(`--filter ${filter}: no test file's path matches in ${names}; see the folders of tests/`);
}

/**
 * The end of a run over all suites, and whether all is well: what failed and what was skipped, each with its reason, and the
 * count.
 *
 * @param strict what was skipped for a reason that is not on the list (checks/allowedSkips.ts) makes the run fail.
 */
export function summary(results: readonly CheckResult[], strict = false): { text: string; ok: boolean } {
  const sum = (of: (result: CheckResult) => number): number => results.reduce((total, result) => total + of(result), 0);
  const failures = sum(({ failed }) => failed);
  const skipped = results.flatMap((result) => result.skipped);
  const refused = strict ? notAllowed(skipped) : [];
  const lines = [
    ...results.flatMap((result) => result.failures ?? []).map((failure) => `failed: ${failure}`),
    ...skipped.map((skip) => `${refused.includes(skip) ? "skipped, which is not allowed here" : "skipped"}: ${skip}`),
  ];
  const count = `${sum(({ passed }) => passed)} passed, ${failures} failed, ${skipped.length} skipped`;
  return { text: [...lines, count].join("\n"), ok: failures + refused.length === 0 };
}
