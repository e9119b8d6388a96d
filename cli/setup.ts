import type { Command } from "commander";
import { createInterface } from "node:readline/promises";
import { kindOf, type KindName } from "../components/kinds/index.ts";
import { onEndSignal } from "../local/endSignals.ts";
import type { Tell } from "../events/event.ts";
import { itemOf } from "../setup/runSteps.ts";
import { runAndShow, type Display } from "../setup/show.ts";
import type { Step } from "../setup/step.ts";
import { setupSteps } from "../setup/steps/index.ts";
import { asCommand, eventLines, eventsOption } from "./events.ts";
import { runInherited } from "./terminal/runInherited.ts";
import { askedKinds, extraSteps, stepsOf } from "./steps/index.ts";
import { UserError } from "./terminal/userError.ts";

export interface SetupOptions {
  yes?: boolean;
  json?: boolean;
  /** Told what happens, in place of showing it. */
  tell?: Tell;
}

export function register(program: Command): void {
  const setup = program
    .command("setup")
    .description("get what this machine lacks: host packages, the Pulumi engine, plugins")
    .option("-y, --yes", "install packages without asking");
  for (const kind of askedKinds) {
    const needs = `get what testbeds with ${kindOf(kind).title} need, too; \`up\` of one does it by itself`;
    setup.option(`--${kind}`, needs);
  }
  setup
    .option("--json", "print one JSON object a line, for programs")
    .addOption(eventsOption())
    .addHelpText("after", "\nWhat is there already is skipped. Ctrl-C at any time: the next run goes on from there.\n")
    .action(
      async ({ events, ...options }: SetupOptions & { events?: boolean } & Partial<Record<KindName, boolean>>) => {
        const asked = askedKinds.filter((kind) => options[kind]);
        const steps = [...extraSteps, ...asked.flatMap(stepsOf)];
        await setUp(steps, { ...options, tell: events ? eventLines("setup") : undefined });
      },
    );
}

/**
 * Runs setup's steps, and beside them those of the caller (images, say).
 *
 * @throws UserError naming the steps that failed, or when the user does not want the host changed.
 */
export async function setUp(extraSteps: readonly Step[], options: SetupOptions): Promise<void> {
  await asCommand("setup", options.tell, async () => {
    await runSetup(extraSteps, options);
    return { exitStatus: 0 };
  });
}

async function runSetup(extraSteps: readonly Step[], options: SetupOptions): Promise<void> {
  const steps = [...setupSteps, ...extraSteps];
  for (const step of steps) await askBefore(step, options);
  await askForRoot(steps);
  const stop = new AbortController();
  const release = onEndSignal(() => {
    stop.abort();
  });
  try {
    const outcomes = await runAndShow(steps, stop.signal, display(options));
    const failed = steps.filter(({ name }) => ["failed", "blocked"].includes(outcomes.get(name)?.state ?? "failed"));
    stop.signal.throwIfAborted();
    if (failed.length > 0) {
      throw new UserError(
        `setup is not complete: ${failed.map(({ title }) => title).join(", ")}. The reasons stand above.`,
      );
    }
  } finally {
    release();
  }
}

function display({ json, tell }: SetupOptions): Display {
  if (tell) return tell;
  if (json) return "json";
  return process.stdout.isTTY && process.env.CI === undefined ? "live" : "lines";
}

/** Asks before a step changes the host; with --yes, says what it changes. */
async function askBefore(step: Step, { yes, json, tell }: SetupOptions): Promise<void> {
  if (step.question === undefined || (await step.check()).state !== "missing") return;
  const question = await step.question();
  if (yes) {
    tell?.({ kind: "message", severity: "info", text: `${question} Yes, by --yes.`, item: itemOf(step) });
    if (!json && !tell) process.stdout.write(`${question} Yes, by --yes.\n`);
    return;
  }
  if (!process.stdin.isTTY) throw new UserError(`${question} Nobody is there to answer; say --yes to agree.`);
  const output = tell ? process.stderr : process.stdout;
  const asking = createInterface({ input: process.stdin, output });
  const answer = await asking.question(`${question} [Y/n] `).finally(() => {
    asking.close();
  });
  if (!/^(y|yes|)$/i.test(answer.trim())) throw new UserError("nothing was changed");
}

/** sudo may want a password: now, not behind the progress display. Where nobody can give one, the step says what it lacks. */
async function askForRoot(steps: readonly Step[]): Promise<void> {
  if (process.getuid?.() === 0 || !process.stdin.isTTY) return;
  const lacking: string[] = [];
  for (const { title, needsRoot, check } of steps) {
    if (needsRoot && (await check()).state === "missing") lacking.push(title);
  }
  if (lacking.length === 0 || (await runInherited("sudo", ["-v"])) === 0) return;
  throw new UserError(`sudo is needed for: ${lacking.join(", ")}; do that as root, then run this again`);
}
