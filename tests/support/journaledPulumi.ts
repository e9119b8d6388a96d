// Runs Pulumi with a journal, as the command line does for large testbeds, and first puts in order what a killed run has left.
// Arguments: folder of the engine's file backend, stack, and those of pulumi.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { finishJournal } from "../../cli/journal/finish.ts";
import { withJournal } from "../../cli/journal/run.ts";
import { takeOverEngineLocks } from "../../cli/pulumi/engineLocks.ts";
import { inGuard } from "../../cli/pulumi/guard.ts";
import { engineVersion } from "../../setup/engine/recipe.ts";

const [, , folder = "", stack = "", ...args] = process.argv;
const say = (sentence: string): void => {
  process.stderr.write(`${sentence}\n`);
};

await takeOverEngineLocks(folder, stack, say);
finishJournal(folder, stack, say);
process.exitCode = await withJournal({ folder, stack, engine: engineVersion, say }, async (variables) => {
  const [command, ...guarded] = inGuard(["pulumi", ...args, "--stack", stack]);
  const engine = spawn(command, guarded, { env: { ...process.env, ...variables }, stdio: "inherit" });
  const [status] = (await once(engine, "exit")) as [number | null];
  return status ?? 1;
});
