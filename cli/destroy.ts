import type { Command } from "commander";
import { rm } from "node:fs/promises";
import { placeFile } from "../local/place.ts";
import { stackDirectory } from "../local/stateDirectory.ts";
import { closeHost, ensureHost, hostStatus } from "../providers/strata/host/host.ts";
import { asOwner } from "./owner.ts";
import { finishPending } from "./pending.ts";
import { displayFlags, parallel } from "./up.ts";
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
  return asOwner("destroy", stack, () => destroyOwned(stack, options));
}

async function destroyOwned(stack: string, options: { yes?: boolean }): Promise<number> {
  const stacks = await stackNames();
  if (!stacks.includes(stack)) {
    throw new UserError(
      `there is no testbed ${stack}${stacks.length > 0 ? `; there are: ${stacks.join(", ")}` : ", nor any other"}`,
    );
  }
  // After a reboot of the host, the embedded host must run to give its machines back.
  await ensureHost();
  await finishPending(stack);
  const status = await runPulumi([
    "destroy",
    "--stack",
    stack,
    ...parallel,
    ...displayFlags({}),
    ...(options.yes ? ["--yes", "--skip-preview"] : []),
  ]);
  if (status !== 0) return status;
  // Of an up that was killed before the engine knew that it uses the host.
  if ((await hostStatus()).leases.includes(stack)) {
    for (const sentence of await closeHost(stack)) process.stderr.write(`warning: ${sentence}\n`);
  }
  // The stack itself is the last to go: until then, a destroy that was killed can be run again.
  for (const own of [stackDirectory(stack), placeFile(stack)]) await rm(own, { recursive: true, force: true });
  return runPulumi(["stack", "rm", stack, "--yes"]);
}
