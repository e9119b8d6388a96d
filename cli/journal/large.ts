import { statSync } from "node:fs";
import { tierNames } from "../../components/experiment/tier.ts";
import { readExperiment } from "../../program/experiment.ts";
import { findEngine } from "../../setup/engine/find.ts";
import { engineVersion } from "../../setup/engine/recipe.ts";
import { isAtLeast } from "../../setup/executables.ts";
import { stateFile } from "../pulumi/engineState.ts";
import { engineFolder } from "../pulumi/run.ts";
import { say } from "../terminal/say.ts";
import { withJournal } from "./run.ts";

/** From this many machines on, writing the state at each step takes most of an update. */
const largeMachines = 32;

/** A machine's part of a state is 10 kB. */
const largeBytes = largeMachines * 10_000;

/**
 * Runs an operation of the engine with a journal, where its backend is one of files, it keeps journals, and the testbed is
 * large: before the operation or, as far as its file tells, after it.
 *
 * @param args of the engine. @param run runs it with these variables beside its own.
 */
export async function withJournalIfLarge<Result>(
  args: readonly string[],
  run: (variables: Record<string, string>) => Promise<Result>,
): Promise<Result> {
  const [operation] = args;
  const stack = args[args.indexOf("--stack") + 1] ?? "";
  const folder = engineFolder();
  const engine = findEngine()?.version;
  if (folder === undefined || engine === undefined || !isAtLeast(engine, engineVersion)) return run({});
  // A compressed one has another name, and stays the engine's own.
  const bytes = statSync(stateFile(folder, stack), { throwIfNoEntry: false })?.size;
  if (bytes === undefined) return run({});
  const machines = operation === "up" ? machinesOf(stack) : 0;
  return isLarge(bytes, machines) ? withJournal({ folder, stack, engine, say }, run) : run({});
}

/** @param bytes of the state as it is. @param machines of the testbed as it will be. */
export function isLarge(bytes: number, machines: number): boolean {
  return bytes >= largeBytes || machines >= largeMachines;
}

function machinesOf(stack: string): number {
  const { loaded } = readExperiment(stack);
  if (!loaded.ok) return 0;
  const { tiers } = loaded.spec;
  return tierNames.reduce((sum, tier) => sum + (tiers[tier]?.count ?? 0), 0);
}
