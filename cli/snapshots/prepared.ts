import { existsSync, utimesSync } from "node:fs";
import { rm } from "node:fs/promises";
import { planTestbed } from "../../components/plan/whole/plan.ts";
import { specOrThrow } from "../../components/experiment/whole/load.ts";
import { placeOf } from "../../local/place.ts";
import { spanText } from "../../local/timeSpan.ts";
import { readExperiment } from "../../program/experiment.ts";
import { messageOf } from "../../providers/kit/plain/errors.ts";
import { pulumiOutput } from "../pulumi/run.ts";
import { say } from "../terminal/say.ts";
import { snapshotDirectory, snapshotNames, snapshotPaths } from "./folder.ts";
import { testbedKey } from "./key.ts";
import { lastUsedOf } from "./lastUsed.ts";
import { readRecord } from "./record.ts";
import { restoreSnapshot, type RestoreOptions } from "./restore.ts";
import { saveSnapshot } from "./save.ts";
import { resourcesIn } from "./stateResources.ts";

/** How many of those that Strata makes by itself a stack keeps: the present one, and one to go back to. */
const kept = 2;

/** Where an experiment says `prepared: testbed`: the snapshot that it comes back from, or is saved as. */
export interface PreparedTestbed {
  stack: string;
  key: string;
  name: string;
}

/** @throws SpecError where the experiment's file is wrong. */
export function preparedTestbed(stack: string): PreparedTestbed | undefined {
  const { file, loaded } = readExperiment(stack);
  const spec = specOrThrow(loaded, file);
  if (spec.prepared !== "testbed") return undefined;
  const key = testbedKey(planTestbed(stack, spec, placeOf(stack).id));
  return { stack, key, name: `prepared-${key}` };
}

/** What `up` would bring it back from, for a preview; undefined: it is built, or is there. */
export async function comesFrom(prepared: PreparedTestbed): Promise<string | undefined> {
  const record = readRecord(prepared.stack, prepared.name);
  if (typeof record !== "object" || !(await isEmpty(prepared.stack))) return undefined;
  const age = spanText((Date.now() - Date.parse(record.createdAt)) / 1000);
  return `up brings it back from snapshot ${prepared.name}, which is ${age} old, and builds nothing`;
}

/**
 * Brings a testbed of which nothing is there back, where it was saved.
 *
 * @returns "restored"; "failed" where what is there of it now has to be removed before it can be built; else "absent".
 */
export async function bringBack(
  { stack, name }: PreparedTestbed,
  options: RestoreOptions,
): Promise<"restored" | "failed" | "absent"> {
  if (!existsSync(snapshotDirectory(stack, name)) || !(await isEmpty(stack))) return "absent";
  try {
    await restoreSnapshot(stack, name, options);
    const now = new Date();
    utimesSync(snapshotPaths(snapshotDirectory(stack, name)).record, now, now);
    return "restored";
  } catch (error) {
    options.signal.throwIfAborted();
    say(`${stack} is built anew, as it can't be brought back: ${messageOf(error)}`);
    await rm(snapshotDirectory(stack, name), { recursive: true, force: true });
    return (await isEmpty(stack)) ? "absent" : "failed";
  }
}

/** Saves one that `up` has just built or changed, unless it is there; and removes older ones. It never fails `up`. */
export async function keepPrepared({ stack, key, name }: PreparedTestbed, options: RestoreOptions): Promise<void> {
  if (typeof readRecord(stack, name) === "object") return;
  try {
    await saveSnapshot(stack, name, { key, ...options });
  } catch (error) {
    options.signal.throwIfAborted();
    say(`${stack} is up, and could not be saved for the next time: ${messageOf(error)}`);
    return;
  }
  const others = snapshotNames(stack).filter((one) => one !== name && isAutomatic(stack, one));
  const old = others.sort((a, b) => lastUsedOf(stack, b) - lastUsedOf(stack, a)).slice(kept - 1);
  for (const one of old) await rm(snapshotDirectory(stack, one), { recursive: true, force: true });
}

function isAutomatic(stack: string, name: string): boolean {
  const record = readRecord(stack, name);
  return typeof record === "object" && record.key !== undefined;
}

async function isEmpty(stack: string): Promise<boolean> {
  const resources = resourcesIn(await pulumiOutput(["stack", "export", "--stack", stack]));
  return resources.every(({ type }) => type === "pulumi:pulumi:Stack");
}
