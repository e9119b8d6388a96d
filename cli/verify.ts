import type { Command } from "commander";
import { networkText, offLinks, verifyStack } from "../benchmarks/verify.ts";
import { UserError } from "./userError.ts";

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
    .option("--json", "print the measurements as JSON")
    .addHelpText(
      "after",
      `
The floor, what the machines take without any emulation, is measured too and taken off. Tolerances are the experiment's
(links.tolerance). What is off is measured once more before it counts.

Exit status: 0 every link is as asked for, 1 one is not or could not be measured, 130 interrupted.
`,
    )
    .action(async (stack: string, options: { json?: boolean }) => {
      process.exitCode = await verifyNetwork(stack, options.json ?? false);
    });
}

/** @returns the exit status. @throws UserError when no link is emulated. */
async function verifyNetwork(stack: string, json: boolean): Promise<number> {
  const checks = await verifyStack(stack, (text) => {
    process.stderr.write(`${text}\n`);
  });
  if (checks.length === 0) throw new UserError(`testbed ${stack} has no emulated link between two machines`);
  const off = offLinks(checks);
  const unknown = checks.filter(({ roundTrip }) => roundTrip.verdict === "not measured").map(({ link }) => link);
  if (json) process.stdout.write(`${JSON.stringify({ links: checks, off, notMeasured: unknown }, null, 2)}\n`);
  else {
    const verdict = off.length === 0 && unknown.length === 0 ? "Every link is as asked for." : "";
    const words = [verdict, ...off.map((one) => `Off: ${one}`), ...unknown.map((link) => `Not measured: ${link}`)];
    process.stdout.write(`${networkText(checks)}\n${words.filter(Boolean).join("\n")}\n`);
  }
  return off.length + unknown.length === 0 ? 0 : 1;
}
