import type { Command } from "commander";
import { nextSteps } from "./nextSteps.ts";
import { prepareExperiment } from "./experiment.ts";
import { asOwner, takeOver } from "./owner.ts";
import { forgetTaken } from "./pending.ts";
import { ensureStack, runPulumi } from "./pulumi.ts";

/** Boots wait for machines, not for this process: many at once cost nothing. */
export const parallel = ["--parallel", "64"];

export interface UpOptions {
  yes?: boolean;
  force?: boolean;
  /** Shows the stack's outputs, which are a hundred lines and made for programs. */
  outputs?: boolean;
}

/** What the engine is told of its display: what happens, without the stack's outputs and without lines of dots. */
export function displayFlags({ outputs }: { outputs?: boolean }): string[] {
  return [...(outputs ? [] : ["--suppress-outputs"]), ...(process.stdout.isTTY ? [] : ["--suppress-progress"])];
}

export function register(program: Command): void {
  program
    .command("up <stack>")
    .description("build the testbed, or change it to what its file says now (pulumi up)")
    .option("-y, --yes", "do not ask before changing anything")
    .option("--force", "build even if the host has less memory than the testbed wants")
    .option("--outputs", "show the stack's outputs too")
    .addHelpText("after", "\nExamples:\n  strata up quickstart\n  strata up quickstart --yes\n")
    .action(async (stack: string, options: UpOptions) => {
      process.exitCode = await up(stack, options);
      if (process.exitCode === 0) process.stdout.write(nextSteps(stack));
    });
}

/** @returns the engine's exit status. */
export async function up(stack: string, options: UpOptions): Promise<number> {
  if (options.force) process.env.STRATA_FORCE = "1";
  return asOwner("up", stack, async () => {
    await prepareExperiment(stack);
    // That may have brought the engine, and with it what another one has left.
    await takeOver(stack);
    await ensureStack(stack);
    const consent = options.yes ? ["--yes", "--skip-preview"] : [];
    const status = await runPulumi(["up", "--stack", stack, ...parallel, ...displayFlags(options), ...consent]);
    if (status === 0) await forgetTaken(stack);
    return status;
  });
}
