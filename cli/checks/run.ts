import { messageOf } from "../../providers/kit/plain/errors.ts";
import { isInterrupt } from "../terminal/reportError.ts";
import type { Check, CheckResult } from "./check.ts";
import type { Choice } from "./choice.ts";

export const setupName = "setup";

export interface RunOptions {
  /** Only the test files whose path matches; they run in any case. */
  filter?: string | undefined;
  choice: Choice;
  write: (text: string) => unknown;
}

/** Runs checks in order. One that builds on a failed one is not run, and says so. */
export async function runChecks(chosen: readonly Check[], options: RunOptions): Promise<Map<string, CheckResult>> {
  const { write } = options;
  const results = new Map<string, CheckResult>();
  for (const check of chosen) {
    const needs = check.needsSetup ? [setupName, ...check.after] : check.after;
    const broken = needs.find((name) => (results.get(name)?.failed ?? 0) > 0);
    write(`\n== ${check.name}: ${check.description}\n`);
    const begun = performance.now();
    const result = broken === undefined ? await runCheck(check, options) : notRun(check, broken);
    results.set(check.name, result);
    for (const reason of result.skipped) write(`skipped: ${reason}\n`);
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    write(`-- ${check.name}: ${counts(result)} in ${seconds} s\n`);
  }
  return results;
}

/** What of a suite is run at once. */
interface Turn {
  /** What is left out or remembered by itself; empty where a filter leaves a part of what is one. */
  parts: readonly string[];
  /** Absent: all of the suite. */
  files?: readonly string[];
}

async function runCheck(check: Check, options: RunOptions): Promise<CheckResult> {
  let result = nothing;
  // Each turn is chosen by the time that is left then.
  for (const turn of await turnsOf(check, options.filter)) result = sum(result, await runTurn(check, turn, options));
  return result;
}

/** Names of a suite's parts, in the order in which they run. */
export async function partsOf(check: Check, filter: string | undefined): Promise<string[]> {
  return (await turnsOf(check, filter)).flatMap(({ parts }) => parts);
}

async function turnsOf(check: Check, filter: string | undefined): Promise<Turn[]> {
  if (check.everyTime) return [{ parts: [] }];
  const isOne = check.filesAtATime === undefined;
  if (check.files === undefined || (isOne && filter === undefined)) return [{ parts: [check.name] }];
  const files = await check.files(filter);
  if (files.length === 0) return [];
  if (isOne) return [{ parts: [], files }];
  return check.filesAtATime === 1 ? files.map((file) => ({ parts: [file], files: [file] })) : [{ parts: files, files }];
}

async function runTurn(check: Check, { parts, files }: Turn, options: RunOptions): Promise<CheckResult> {
  const { filter, choice, write } = options;
  const reasons = filter === undefined ? await choice.leftOut(check, parts) : new Map<string, string>();
  const chosen = parts.filter((name) => !reasons.has(name));
  const result = await orFailed(check, write, async () => {
    const late = await choice.late(check, chosen, write);
    for (const [name, reason] of late) reasons.set(name, reason);
    const ready = chosen.filter((name) => !late.has(name));
    if (parts.length > 0 && ready.length === 0) return nothing;
    const before = await choice.inputs(ready);
    const begun = performance.now();
    const found = await check.run(files && ready.length > 0 ? ready : files);
    const seconds = (performance.now() - begun) / 1000;
    const whole = found.failed === 0 && found.skipped.length === 0;
    await choice.remember(before, found.passedFiles ?? new Map(whole ? [[check.name, seconds]] : []));
    return found;
  });
  return sum({ ...nothing, skipped: [...reasons.values()] }, result);
}

async function orFailed(
  check: Check,
  write: (text: string) => unknown,
  run: () => Promise<CheckResult>,
): Promise<CheckResult> {
  try {
    return await run();
  } catch (error) {
    if (isInterrupt(error)) throw error;
    write(`${check.name}: ${messageOf(error)}\n`);
    return { passed: 0, failed: 1, skipped: [] };
  }
}

const nothing: CheckResult = { passed: 0, failed: 0, skipped: [] };

function sum(a: CheckResult, b: CheckResult): CheckResult {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    failures: [...(a.failures ?? []), ...(b.failures ?? [])],
    skipped: [...a.skipped, ...b.skipped],
  };
}

function notRun(check: Check, broken: string): CheckResult {
  return { passed: 0, failed: 0, skipped: [`${check.name} was not run, because ${broken} failed`] };
}

function counts({ passed, failed, skipped }: CheckResult): string {
  return `${passed} passed, ${failed} failed, ${skipped.length} skipped`;
}
