import type { Command } from "commander";
import { networkText, offLinks, unmeasuredLinks, verifyStack, type LinkCheck } from "../benchmarks/verify.ts";
import type { Activity, Tell } from "../events/event.ts";
import { asCommand, eventLines, eventsOption } from "./events.ts";
import { asObserver } from "./testbed/owner.ts";
import { visible } from "../providers/kit/plain/printable.ts";
import { UserError } from "./terminal/userError.ts";

const name = "verify network";

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
    .addOption(eventsOption())
    .addHelpText(
      "after",
      `
The floor, what the machines take without any emulation, is measured too and taken off. Tolerances are the experiment's
(links.tolerance). What is off is measured once more before it counts.

Exit status: 0 no link is off, 1 one is off or did not answer, 3 with --strict: none is off but something was not measured (what
and why is printed in any case: too fast for the processor, too slow for the time there is), 130 interrupted.
`,
    )
    .action(async (stack: string, { events, ...options }: VerifyOptions & { events?: boolean }) => {
      process.exitCode = await verifyNetwork(stack, { ...options, tell: events ? eventLines(name) : undefined });
    });
}

interface VerifyOptions {
  strict?: boolean;
  json?: boolean;
  /** Told what happens, in place of showing it. */
  tell?: Tell;
}

/** @returns the exit status. @throws UserError when no link is emulated. */
async function verifyNetwork(stack: string, { strict, json, tell }: VerifyOptions): Promise<number> {
  return asCommand(name, tell, async () => {
    const news = (activity: Activity): void => {
      if (tell) tell({ kind: "progress", item: { type: "command", name }, ...activity });
      else process.stderr.write(`${visible(activity.text)}\n`);
    };
    const checks = await asObserver(name, stack, (signal) => verifyStack(stack, news, signal));
    if (checks.length === 0) throw new UserError(`testbed ${stack} has no emulated link between two machines`);
    if (tell === undefined) show(checks, json);
    return { exitStatus: exitStatusOf(checks, strict), ...reasonsOf(checks) };
  });
}

function exitStatusOf(checks: readonly LinkCheck[], strict: boolean | undefined): number {
  const silent = checks.some(({ roundTrip }) => roundTrip.verdict === "not measured");
  if (offLinks(checks).length > 0 || silent) return 1;
  return strict && unmeasuredLinks(checks).length > 0 ? 3 : 0;
}

function reasonsOf(checks: readonly LinkCheck[]): { reasons?: string[] } {
  const reasons = [...offLinks(checks), ...unmeasuredLinks(checks).map((one) => `not measured: ${one}`)];
  return reasons.length === 0 ? {} : { reasons };
}

function show(checks: readonly LinkCheck[], json: boolean | undefined): void {
  const off = offLinks(checks);
  const unknown = unmeasuredLinks(checks);
  if (json) process.stdout.write(`${JSON.stringify({ links: checks, off, notMeasured: unknown }, null, 2)}\n`);
  else {
    const verdict = off.length === 0 && unknown.length === 0 ? "Every link is as asked for." : "";
    const words = [verdict, ...off.map((one) => `Off: ${one}`), ...unknown.map((one) => `Not measured: ${one}`)];
    process.stdout.write(`${visible(`${networkText(checks)}\n${words.filter(Boolean).join("\n")}`)}\n`);
  }
}
