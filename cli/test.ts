import { Argument, InvalidArgumentError, type Command } from "commander";
import { parseQuantity } from "../components/experiment/units.ts";
import { kindNames } from "../components/kinds/index.ts";
import type { Step } from "../setup/step.ts";
import { testPackagesStep } from "../setup/steps/hostPackages.ts";
import { notAllowed } from "./checks/allowedSkips.ts";
import type { Check, CheckResult } from "./checks/check.ts";
import { checks } from "./checks/index.ts";
import { Choice } from "./checks/choice.ts";
import { machineText } from "./checks/machine.ts";
import { Passed } from "./checks/passed.ts";
import { measurePatience } from "./checks/patience.ts";
import type { Preparation } from "./checks/preparation.ts";
import { preparations } from "./checks/preparations.ts";
import { partsOf, runChecks, setupName } from "./checks/run.ts";
import { pluginsOf } from "./steps/plugins.ts";
import { projectDirectory } from "./pulumi/run.ts";
import { setUp } from "./setup.ts";
import { extraSteps } from "./steps/index.ts";
import { UserError } from "./terminal/userError.ts";

interface TestOptions {
  yes?: boolean;
  filter?: string;
  all?: boolean;
  /** In seconds. */
  budget?: number;
}

export function register(program: Command): void {
  const names = checks.map(({ name }) => name);
  program
    .command("test")
    .description("run the project's checks, after setting up what they need")
    .addArgument(new Argument("[suite...]", "all of them by default").choices(names))
    .option("-y, --yes", "install missing host packages without asking (the default in CI)")
    .option("--filter <pattern>", "run only the test files whose path matches, whatever passed before")
    .option("--all", "run what passed here before too, though nothing that it depends on has changed")
    .option("--budget <time>", "leave out what no time is left for, by name: 75m; without it all runs", timeOf)
    .addHelpText(
      "after",
      `
Suites:
${checks.map(({ name, description }) => `  ${name.padEnd(9)}${description}`).join("\n")}

Examples:
  strata test
  strata test lint types unit
  strata test engine --filter libvirt
  strata test --budget 75m
`,
    )
    .action(async (suites: string[], options: TestOptions) => {
      const chosen = checks.filter(({ name }) => suites.length === 0 || suites.includes(name));
      const { filter } = options;
      if (filter !== undefined) await requireMatch(chosen, filter);
      const got = preparations();
      const choice = choiceOf(options, got);
      const write = (text: string): unknown => process.stdout.write(text);
      const begin = async (): Promise<void> => {
        const parts = chosen.map(async (check) => [check, await partsOf(check, filter)] as const);
        await choice.begin(await Promise.all(parts), write);
      };
      const setup = setupCheck(options.yes ?? process.env.CI !== undefined, begin);
      const all = chosen.some(({ needsSetup }) => needsSetup) ? [setup, ...chosen] : chosen;
      const results = await runChecks(all, { filter, choice, write }).finally(() =>
        Promise.all([...got.values()].map((one) => one.stop())),
      );
      const { text, ok } = summary([...results.values()], process.env.CI !== undefined);
      write(`\n${text}\n`);
      if (!ok) process.exitCode = 1;
    });
}

/** @throws InvalidArgumentError for what is no time. @returns seconds. */
function timeOf(text: string): number {
  const parsed = parseQuantity("duration", text.replace(/(?<=\d\s*)m$/, "min"));
  if (!parsed.ok) throw new InvalidArgumentError(`${parsed.reason}; ${parsed.fix}`);
  return parsed.value;
}

/** Of a budget this part is planned; the rest is for what takes longer than the last time, and for what came before this program. */
const plannedPart = 0.92;

function choiceOf({ all = false, budget }: TestOptions, got: ReadonlyMap<string, Preparation>): Choice {
  const patience = Number(process.env.STRATA_TEST_PATIENCE ?? measurePatience());
  return new Choice({
    root: projectDirectory,
    passed: new Passed(),
    all,
    patience,
    machine: machineText,
    secondsLeft: () => (budget === undefined ? Infinity : budget * plannedPart - performance.now() / 1000),
    preparations: got,
  });
}

/** No test by itself, so it counts only when it fails. */
function setupCheck(yes: boolean, begin: () => Promise<void>): Check {
  return {
    name: setupName,
    description: "what the checks need",
    needsSetup: false,
    after: [],
    everyTime: true,
    run: async () => {
      await setUp([...extraSteps, ...(await pluginsIfBuilt()), testPackagesStep], { yes });
      await begin();
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

/** @throws UserError when no test file of the suites has a path that matches: such a run would check nothing. */
export async function requireMatch(chosen: readonly Check[], filter: string): Promise<void> {
  const files = await Promise.all(chosen.flatMap((check) => check.files?.(filter) ?? []));
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
