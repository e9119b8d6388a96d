import type { Command } from "commander";
import { prepareExperiment } from "./experiment.ts";
import { ensureStack, runPulumi } from "./pulumi.ts";

/** Boots wait for machines, not for this process: many at once cost nothing. */
export const parallel = ["--parallel", "64"];

export function register(program: Command): void {
  program
    .command("up <stack>")
    .description("build the testbed, or change it to what its file says now (pulumi up)")
    .option("-y, --yes", "do not ask before changing anything")
    .option("--force", "build even if the host has less memory than the testbed wants")
    .addHelpText("after", "\nExamples:\n  strata up quickstart\n  strata up quickstart --yes\n")
    .action(async (stack: string, options: { yes?: boolean; force?: boolean }) => {
      process.exitCode = await up(stack, options);
    });
}

/** @returns the engine's exit status. */
export async function up(stack: string, options: { yes?: boolean; force?: boolean }): Promise<number> {
  if (options.force) process.env.STRATA_FORCE = "1";
  await prepareExperiment(stack);
  await ensureStack(stack);
  return runPulumi(["up", "--stack", stack, ...parallel, ...(options.yes ? ["--yes", "--skip-preview"] : [])]);
}
