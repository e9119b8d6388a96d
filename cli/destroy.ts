import type { Command } from "commander";
import type { Tell } from "../events/event.ts";
import { destroyOwned } from "./testbed/destroy.ts";
import { asCommand, eventLines, eventsOption } from "./events.ts";
import { asOwner } from "./testbed/owner.ts";

export function register(program: Command): void {
  program
    .command("destroy <stack>")
    .description("remove the testbed: machines, network, disks, keys and the stack itself; results stay")
    .option("-y, --yes", "do not ask first")
    .addHelpText("after", "\nExamples:\n  strata destroy quickstart --yes\n")
    .addOption(eventsOption())
    .action(async (stack: string, { yes, events }: { yes?: boolean; events?: boolean }) => {
      process.exitCode = await destroy(stack, { yes, tell: events ? eventLines("destroy") : undefined });
    });
}

/** @returns the engine's exit status. */
export async function destroy(stack: string, options: { yes?: boolean; tell?: Tell }): Promise<number> {
  return asCommand("destroy", options.tell, () => asOwner("destroy", stack, () => destroyOwned(stack, options)));
}
