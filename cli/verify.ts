import type { Command } from "commander";
import { networkText, offLinks, unmeasuredLinks, verifyStack } from "../benchmarks/verify.ts";
import type { Activity } from "../events/event.ts";
import { asObserver } from "./testbed/owner.ts";
import { visible } from "../providers/kit/plain/printable.ts";
import { UserError } from "./terminal/userError.ts";

export function register(program: Command): void {
  program
    .command("verify")
    .description("hold a testbed that is up against what was asked for")
    .addHelpText(
      "after",
      "\nExamples:\n  strata verify network quickstart\n  strata verify network quickstart --json\n",
    )
    .command("network <stack>")
    .description("measure round trip, jitter, loss and rates of every link, beside what is wanted")
    .option("--strict", "exit status 3 where something could not be measured, though nothing is off")
    .option("--json", "print the measurements as JSON")
    .addHelpText(
      "after",
      `
The floor, what the machines take without any emulation, is measured too and taken off. Tolerances are the experiment's
(links.tolerance). What is off is measured once more before it counts.

Exit status: 0 no link is off, 1 one is off or did not answer, 3 with --strict: none is off but something was not measured (what
and why is printed in any case: too fast for the processor, too slow for the time there is), 130 interrupted.
`,
    )
    .action(async (stack: string, options: VerifyOptions) => {
      process.exitCode = await verifyNetwork(stack, options);
    });
}

interface VerifyOptions {
  strict?: boolean;
  json?: boolean;
}

/** @returns the exit status. @throws UserError when no link is emulated. */
async function verifyNetwork(stack: string, { strict, json }: VerifyOptions): Promise<number> {
  const news = ({ text }: Activity): void => {
    process.stderr.write(`${visible(text)}\n`);
  };
  const checks = await asObserver("verify network", stack, (signal) => verifyStack(stack, news, signal));
  if (checks.length === 0) throw new UserError(`testbed ${stack} has no emulated link between two machines`);
  const off = offLinks(checks);
  const unknown = unmeasuredLinks(checks);
  if (json) process.stdout.write(`${JSON.stringify({ links: checks, off, notMeasured: unknown }, null, 2)}\n`);
  else {
    const verdict = off.length === 0 && unknown.length === 0 ? "Every link is as asked for." : "";
    const words = [verdict, ...off.map((one) => `Off: ${one}`), ...unknown.map((one) => `Not measured: ${one}`)];
    process.stdout.write(`${visible(`${networkText(checks)}\n${words.filter(Boolean).join("\n")}`)}\n`);
  }
  const silent = checks.some(({ roundTrip }) => roundTrip.verdict === "not measured");
  if (off.length > 0 || silent) return 1;
  return strict && unknown.length > 0 ? 3 : 0;
}
