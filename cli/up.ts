import { InvalidArgumentError, type Command } from "commander";
import { interruptible } from "../benchmarks/run/interrupt.ts";
import { parseQuantity } from "../components/experiment/units.ts";
import type { Tell } from "../events/event.ts";
import { agreed, consent } from "./testbed/consent.ts";
import { runEngine } from "./engine/run.ts";
import { asCommand, eventLines, eventsOption } from "./events.ts";
import { nextSteps } from "./nextSteps.ts";
import { prepareExperiment } from "./experiment.ts";
import { asOwner, takeOver } from "./testbed/owner.ts";
import { forgetTaken } from "./testbed/pending.ts";
import { ensureStack, pulumiOutput, runPulumi } from "./pulumi/run.ts";
import { noteEnd } from "./snapshots/interrupted.ts";
import { bringBack, keepPrepared, preparedTestbed, type PreparedTestbed } from "./snapshots/prepared.ts";
import { progressOf } from "./snapshots/progress.ts";

export interface UpOptions {
  yes?: boolean;
  force?: boolean;
  /** As an experiment writes it: "8 h", "none". It is this and later updates', until another one says otherwise. */
  lease?: string;
  /** Shows the stack's outputs, which are a hundred lines and made for programs. */
  outputs?: boolean;
  /** Told what happens, in place of showing it. */
  tell?: Tell;
}

export function register(program: Command): void {
  program
    .command("up <stack>")
    .description("build the testbed, or change it to what its file says now (pulumi up)")
    .option("-y, --yes", "do not ask before changing anything")
    .option("--force", "build even if the host has less memory than the testbed wants")
    .option("--lease <time>", "how long the testbed may be kept from each up on, such as 8h; none ends it", lease)
    .option("--outputs", "show the stack's outputs too")
    .addOption(eventsOption().conflicts("outputs"))
    .addHelpText(
      "after",
      "\nExamples:\n  strata up quickstart\n  strata up quickstart --yes\n  strata up quickstart --lease 8h\n",
    )
    .action(async (stack: string, { events, ...options }: UpOptions & { events?: boolean }) => {
      process.exitCode = await up(stack, { ...options, tell: events ? eventLines("up") : undefined });
      if (process.exitCode === 0 && !events) process.stdout.write(nextSteps(stack));
    });
}

/** @returns the engine's exit status. */
export async function up(stack: string, { yes, force, lease, outputs, tell }: UpOptions): Promise<number> {
  if (force) process.env.STRATA_FORCE = "1";
  if (lease !== undefined) process.env.STRATA_LEASE = lease;
  const run = () =>
    asOwner("up", stack, async () => {
      await prepareExperiment(stack, tell);
      // That may have brought the engine, and with it what another one has left.
      await takeOver(stack);
      await ensureStack(stack);
      const prepared = preparedTestbed(stack);
      const given = yes ? agreed : await consent(["preview", "--stack", stack], tell);
      if (lease !== undefined) await keepLease(stack, lease);
      if (prepared) await fromSnapshot(prepared, tell);
      const ended = await runEngine(["up", "--stack", stack, ...given], false, tell);
      if (ended.exitStatus !== 0) return ended;
      await forgetTaken(stack);
      if (prepared) await interruptible((signal) => keepPrepared(prepared, options("save", stack, signal, tell)));
      return ended;
    });
  const status = await asCommand("up", tell, run);
  return status === 0 && outputs ? runPulumi(["stack", "output", "--stack", stack]) : status;
}

/** Where it was saved, it comes back; what could only be brought back in part goes, and it is built. */
async function fromSnapshot(prepared: PreparedTestbed, tell: Tell | undefined): Promise<void> {
  const { stack } = prepared;
  const how = await interruptible((signal) => bringBack(prepared, options("restore", stack, signal, tell)));
  if (how !== "failed") return;
  await runEngine(["destroy", "--stack", stack, ...agreed], false, tell);
  noteEnd(stack);
}

const options = (phase: "save" | "restore", stack: string, signal: AbortSignal, tell: Tell | undefined) => ({
  tell: progressOf(stack, phase, tell),
  signal,
});

/** Only now: who has not agreed has changed nothing. Plain `pulumi up` goes by it as well. */
async function keepLease(stack: string, lease: string): Promise<void> {
  await pulumiOutput(["config", "set", "--stack", stack, "--path", "strata:testbed.lease", lease]);
}

function lease(text: string): string {
  const parsed = text === "none" ? undefined : parseQuantity("duration", text);
  if (parsed?.ok === false) throw new InvalidArgumentError(`${parsed.reason}; ${parsed.fix}, or none`);
  return text;
}
