import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { percentile } from "../../benchmarks/metrics/statistics.ts";
import { startBroker } from "../support/workload/nativeBroker.ts";
import { giveGo, startRole } from "../support/workload/nativeWorkload.ts";
import { writeTinyPhotos } from "../support/workload/tinyModel.ts";

export interface Lateness {
  photos: number;
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
}

/**
 * How late the publisher sends, on this machine, with a broker beside it: sentMs - intendedMs over `seconds` at `rateHz`.
 * By hand: `node tests/bench/lateness.ts`. Must reach: p99 <= 2 ms on an idle machine.
 */
export async function measureLateness(rateHz: number, seconds: number): Promise<Lateness> {
  const directory = mkdtempSync(join(tmpdir(), "strata-lateness-"));
  await writeTinyPhotos(join(directory, "photos"));
  const broker = await startBroker();
  const publisher = startRole("publisher", directory, broker.config, {
    run: "lateness",
    id: "endpoint-0",
    worker: "nobody",
    rateHz,
    warmupMs: 1000,
    durationMs: seconds * 1000,
    phaseMs: 0,
    goLimitMs: 20_000,
    replyLimitMs: 0,
  });
  try {
    await publisher.reached("ready");
    giveGo(directory, Date.now() + 500);
    if ((await publisher.exited) !== 0) throw new Error(`the publisher failed: ${String(publisher.result().reason)}`);
    const measured = publisher.samples().filter((row) => row.warmup === "0");
    const lateness = measured.map((row) => Number(row.sentMs) - Number(row.intendedMs)).sort((a, b) => a - b);
    const [p50Ms, p99Ms, maxMs] = [0.5, 0.99, 1].map((share) => percentile(lateness, share)) as [
      number,
      number,
      number,
    ];
    return { photos: lateness.length, p50Ms, p99Ms, maxMs };
  } finally {
    publisher.process.kill("SIGKILL");
    broker.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  const { photos, p50Ms, p99Ms, maxMs } = await measureLateness(20, 30);
  const figures = [p50Ms, p99Ms, maxMs].map((ms) => ms.toFixed(3)).join(" / ");
  process.stdout.write(`${photos} photos, lateness p50 / p99 / max: ${figures} ms\n`);
}
