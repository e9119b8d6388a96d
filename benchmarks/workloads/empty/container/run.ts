import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readFields, readJson } from "../../container/config.ts";
import { runRole } from "../../container/role.ts";
import { columns, type EmptyConfig } from "./protocol.ts";

/** @param begunMs when the program began, by the kernel's monotonic clock. @returns the exit status. */
export function runEmpty(begunMs: number): Promise<number> {
  return runRole("empty", columns, {}, async ({ clock, configFile, runDirectory, record, end }) => {
    const fields = { run: "string", id: "string", sleepMs: "number" } as const;
    const { sleepMs } = readFields<EmptyConfig>(configFile, readJson(configFile), fields);
    record.state({ state: "running", detail: `sleeps for ${sleepMs / 1000} s` });
    await sleep(sleepMs, undefined, { signal: end.signal }).catch(() => undefined);
    if (end.signal.aborted) return;
    const startedMs = Number(readFileSync(join(runDirectory, "empty.started"), "utf8"));
    record.sample([startedMs, begunMs + clock.offsetMs, clock.now()]);
  });
}
