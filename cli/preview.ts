import type { Command } from "commander";
import { previewVariables } from "../setup/environment.ts";
import { prepareExperiment } from "./experiment.ts";
import { ensureStack, runPulumi } from "./pulumi.ts";
import { displayFlags, parallel } from "./up.ts";

export function register(program: Command): void {
  program
    .command("preview <stack>")
    .description("show what `up` would do, and change nothing (pulumi preview)")
    .option("--diff", "show every value that would change")
    .option("--outputs", "show what becomes of the stack's outputs too")
    .option("--json", "print the engine's machine-readable form")
    .addHelpText("after", "\nExamples:\n  strata preview quickstart --diff\n")
    .action(async (stack: string, options: { diff?: boolean; outputs?: boolean; json?: boolean }) => {
      await prepareExperiment(stack);
      await ensureStack(stack);
      const flags = [...(options.diff ? ["--diff"] : []), ...(options.json ? ["--json"] : displayFlags(options))];
      process.exitCode = await runPulumi(["preview", "--stack", stack, ...parallel, ...flags], previewVariables);
    });
}
