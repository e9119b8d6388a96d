import type { Command } from "commander";
import { testbedOfStack } from "../benchmarks/stack.ts";
import type { Tell } from "../events/event.ts";
import { bench } from "./bench.ts";
import { destroy } from "./destroy.ts";
import { asCommand, eventLines, eventsOption } from "./events.ts";
import { interrupted } from "./terminal/reportError.ts";
import { setUp } from "./setup.ts";
import { sshCommand } from "./ssh.ts";
import { extraSteps } from "./steps/index.ts";
import { up } from "./up.ts";
import { UserError } from "./terminal/userError.ts";

const stack = "quickstart";

export function register(program: Command): void {
  program
    .command("quickstart")
    .description("set everything up, build the smallest three-tier testbed, measure on it and report")
    .option("-y, --yes", "install packages without asking")
    .option("--destroy", "remove the testbed at the end")
    .addOption(eventsOption())
    .addHelpText(
      "after",
      "\nWhat it builds stands in stacks/quickstart.yaml. Run it again at any time: what is done is skipped.\n",
    )
    .action(async ({ events, ...options }: Quickstart & { events?: boolean }) => {
      const tell = events ? eventLines("quickstart") : undefined;
      const run = async () => ({ exitStatus: await quickstart({ ...options, tell }) });
      process.exitCode = await asCommand("quickstart", tell, run);
    });
}

interface Quickstart {
  yes?: boolean;
  destroy?: boolean;
  /** Told what happens, in place of showing it. */
  tell?: Tell;
}

async function quickstart({ yes, destroy: remove, tell }: Quickstart): Promise<number> {
  const heading = (number: number, text: string): void => {
    if (tell === undefined) process.stdout.write(`\n== ${number}. ${text}\n`);
  };
  heading(1, "set up");
  await setUp(extraSteps, { yes, tell });

  heading(2, "build the testbed");
  const built = await up(stack, { yes: true, tell });
  if (built === interrupted) return built;
  if (built !== 0)
    throw new UserError(`the testbed could not be built; mend it and run this again, or ./strata destroy ${stack}`);

  heading(3, "measure on it");
  const measured = await bench(stack, { tell });

  if (remove) {
    heading(4, "remove the testbed");
    const removed = await destroy(stack, { yes: true, tell });
    return measured === 0 ? removed : measured;
  }
  if (tell === undefined) await explain();
  return measured;
}

async function explain(): Promise<void> {
  const testbed = await testbedOfStack(stack);
  const logins = testbed.machines.map((machine) => `  ${sshCommand(stack, machine.name)}\n`).join("");
  process.stdout.write(`
The testbed is up. Log in to its machines:
${logins}
Change a link in stacks/quickstart.yaml, then see what that does, and do it:
  ./strata preview quickstart --diff
  ./strata up quickstart

Measure again, or remove everything:
  ./strata bench quickstart
  ./strata destroy quickstart
`);
}
