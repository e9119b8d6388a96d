import type { Command } from "commander";
import { rm } from "node:fs/promises";
import { stackDirectory } from "../providers/kit/stateDirectory.ts";
import { ensureHost } from "../providers/strata/host/index.ts";
import { parallel } from "./up.ts";
import { runPulumi, stackNames } from "./pulumi.ts";
import { UserError } from "./userError.ts";

export function register(program: Command): void {
  program
    .command("destroy <stack>")
    .description("remove the testbed: machines, network, disks, keys and the stack itself; results stay")
    .option("-y, --yes", "do not ask first")
    .addHelpText("after", "\nExamples:\n  strata destroy quickstart --yes\n")
    .action(async (stack: string, options: { yes?: boolean }) => {
      process.exitCode = await destroy(stack, options);
    });
}

/** @returns the engine's exit status. */
export async function destroy(stack: string, options: { yes?: boolean }): Promise<number> {
  const stacks = await stackNames();
  if (!stacks.includes(stack)) {
    throw new UserError(
      `there is no testbed ${stack}${stacks.length > 0 ? `; there are: ${stacks.join(", ")}` : ", nor any other"}`,
    );
  }
  // After a reboot of the host, the embedded libvirtd must run to give its machines back.
  await ensureHost();
  const status = await runPulumi([
    "destroy",
    "--stack",
    stack,
    ...parallel,
    ...(options.yes ? ["--yes", "--skip-preview"] : []),
  ]);
  if (status !== 0) return status;
  const removed = await runPulumi(["stack", "rm", stack, "--yes"]);
  if (removed === 0) await rm(stackDirectory(stack), { recursive: true, force: true });
  return removed;
}
