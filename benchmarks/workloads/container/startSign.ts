import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readFields, readJson } from "./config.ts";
import { startSignFile } from "./protocol.ts";
import { RunFailure } from "./runFailure.ts";

/**
 * Waits for the runner's start sign.
 * @returns when to begin, in ms since 1970 by this machine's clock; undefined when the signal was aborted first.
 * @throws RunFailure after the limit.
 */
export async function waitForGo(
  directory: string,
  role: string,
  limitMs: number,
  signal: AbortSignal,
): Promise<number | undefined> {
  const file = join(directory, startSignFile(role));
  const until = performance.now() + limitMs;
  while (!existsSync(file)) {
    if (signal.aborted) return undefined;
    if (performance.now() > until) throw new RunFailure(`no start sign (${file}) within ${limitMs / 1000} s`);
    await sleep(50);
  }
  return readFields<{ startAtMs: number }>(file, readJson(file), { startAtMs: "number" }).startAtMs;
}
