import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { readFields, readJson } from "../../container/config.ts";
import { waitUntil } from "../../container/pacer.ts";
import { runRole, type RoleContext } from "../../container/role.ts";
import { waitForGo } from "../../container/startSign.ts";
import { chunkBytes, columns, type StressConfig } from "./protocol.ts";
import { begin, counters, end, type ThreadData } from "./thread.ts";

/** @returns the exit status. */
export const runStress = (): Promise<number> => runRole("stress", columns, {}, load);

async function load({ clock, configFile, runDirectory, record, end: ended }: RoleContext): Promise<void> {
  const { cores, memoryMiB, warmupMs, durationMs, goLimitMs } = readFields<StressConfig>(
    configFile,
    readJson(configFile),
    {
      ...{ run: "string", id: "string", cores: "number", memoryMiB: "number" },
      ...{ warmupMs: "number", durationMs: "number", goLimitMs: "number" },
    },
  );
  record.state({ state: "starting", detail: `fills ${memoryMiB} MiB` });
  const shared = new SharedArrayBuffer(4 * (counters + cores));
  const cells = new Int32Array(shared);
  const threads = Array.from({ length: cores }, (_, position) => {
    const workerData: ThreadData = { shared, position, memoryBytes: (memoryMiB * 2 ** 20) / cores };
    return new Worker(new URL("./thread.ts", import.meta.url), { workerData });
  });
  const hashed = (): number => cells.subarray(counters).reduce((sum, chunks) => sum + (chunks >>> 0), 0);
  try {
    await Promise.all(threads.map((thread) => once(thread, "message")));
    record.state({ state: "ready", detail: "waits for the start" });
    const startAtMs = await waitForGo(runDirectory, "stress", goLimitMs, ended.signal);
    if (startAtMs === undefined) return;
    await waitUntil(clock, startAtMs, ended.signal);
    Atomics.store(cells, begin, 1);
    Atomics.notify(cells, begin);
    let last = { atMs: clock.now(), chunks: hashed() };
    const stopMs = startAtMs + warmupMs + durationMs;
    for (let seconds = 0; last.atMs < stopMs && !ended.signal.aborted; seconds += 1) {
      const dueMs = Math.min(stopMs, startAtMs + 1000 * (Math.floor((last.atMs - startAtMs) / 1000 + 1e-3) + 1));
      // Threads may have all the cores: the span is as long as it came to be.
      await sleep(Math.max(0, dueMs - clock.now()), undefined, { signal: ended.signal }).catch(() => undefined);
      const now = { atMs: clock.now(), chunks: hashed() };
      const spanMs = now.atMs - last.atMs;
      if (spanMs > 0) {
        const warmup = last.atMs - startAtMs < warmupMs ? 1 : 0;
        record.sample([now.atMs, spanMs, (now.chunks - last.chunks) * chunkBytes, warmup]);
      }
      last = now;
      record.state({ state: "running", detail: "loads processor and memory", counts: { seconds } });
    }
  } finally {
    Atomics.store(cells, end, 1);
    Atomics.store(cells, begin, 1);
    Atomics.notify(cells, begin);
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}
