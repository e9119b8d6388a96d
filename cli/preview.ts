import type { Command } from "commander";
import { previewVariables } from "../setup/pulumi/environment.ts";
import type { Tell } from "../events/event.ts";
import { parallel, runEngine } from "./engine/run.ts";
import { asCommand, eventLines, eventsOption } from "./events.ts";
import { prepareExperiment } from "./experiment.ts";
import { ensureStack, runPulumi } from "./pulumi/run.ts";
import { comesFrom, preparedTestbed } from "./snapshots/prepared.ts";
import { say } from "./terminal/say.ts";

interface PreviewOptions {
  diff?: boolean;
  outputs?: boolean;
  json?: boolean;
}

export function register(program: Command): void {
  program
    .command("preview <stack>")
    .description("show what `up` would do, and change nothing (pulumi preview)")
    .option("--diff", "show every value that would change, resource by resource, as the engine does")
    .option("--outputs", "show what becomes of the stack's outputs too, as the engine does")
    .option("--json", "print the engine's machine-readable form")
    .addOption(eventsOption().conflicts(["diff", "outputs"]))
    .addHelpText("after", "\nExamples:\n  strata preview quickstart\n  strata preview quickstart --diff\n")
    .action(async (stack: string, { events, ...options }: PreviewOptions & { events?: boolean }) => {
      const tell = events ? eventLines("preview") : undefined;
      process.exitCode = await asCommand("preview", tell, () => preview(stack, options, tell));
    });
}

async function preview(stack: string, options: PreviewOptions, tell: Tell | undefined) {
  await prepareExperiment(stack, tell);
  await ensureStack(stack);
  const prepared = preparedTestbed(stack);
  const from = prepared && (await comesFrom(prepared));
  if (from !== undefined) {
    if (tell) tell({ kind: "message", severity: "info", text: from });
    else say(from);
  }
  const operation = ["preview", "--stack", stack];
  if (!options.diff && !options.outputs && !options.json) return runEngine(operation, true, tell);
  return { exitStatus: await runPulumi([...operation, ...parallel, ...displayFlags(options)], previewVariables) };
}

/** What the engine is told of its own display: no outputs that were not asked for, and no lines of dots. */
export function displayFlags({ diff, outputs, json }: PreviewOptions): string[] {
  return [
    ...(diff ? ["--diff"] : []),
    ...(json ? ["--json"] : outputs ? [] : ["--suppress-outputs"]),
    ...(json || process.stdout.isTTY ? [] : ["--suppress-progress"]),
  ];
}
