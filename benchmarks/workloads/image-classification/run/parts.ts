import type { PartLimits } from "../../../parts/limits.ts";
import type { Part } from "../../../workload.ts";
import type { PublisherConfig, WorkerConfig } from "../container/protocol.ts";
import type { Assignment, EndpointAssignment } from "./assignment.ts";
import type { RatedBenchmark } from "./autoRate.ts";

type Load = Pick<PublisherConfig, "rateHz" | "warmupMs" | "durationMs" | "inFlight">;

/** What the runner adds to every configuration. */
type Own<Config> = Omit<Config, "run" | "id">;

/** Workers, and publishers that send by the benchmark's rate. */
export function ratedParts(assignment: Assignment, benchmark: RatedBenchmark, limits: PartLimits): Part[] {
  const load = {
    rateHz: benchmark.rateHz,
    warmupMs: benchmark.warmupS * 1000,
    durationMs: benchmark.durationS * 1000,
  };
  return partsAt(assignment, load, limits, ({ phase }) => (1000 * phase) / benchmark.rateHz);
}

/** @param phaseMs shift of an endpoint's schedule. */
export function partsAt(
  { workers, endpoints }: Assignment,
  load: Load,
  { mostMs, goMs, replyMs }: PartLimits,
  phaseMs: (endpoint: EndpointAssignment) => number = () => 0,
): Part[] {
  const waits = { goLimitMs: goMs, replyLimitMs: replyMs };
  const each = 1 + (load.rateHz * (load.warmupMs + load.durationMs)) / 1000;
  const serving = workers.map((place): Part => {
    const config: Own<WorkerConfig> = { limitMs: mostMs };
    const served = endpoints.filter(({ worker }) => worker.name === place.name).length;
    return { role: "worker", place, config, ends: false, waitsForGo: false, mostSamples: served * each };
  });
  const sending = endpoints.map((one): Part => {
    const { endpoint, worker } = one;
    const config: Own<PublisherConfig> = { worker: worker.name, ...load, phaseMs: phaseMs(one), ...waits };
    const place = { name: endpoint.name, machine: endpoint };
    return { role: "publisher", place, config, ends: true, waitsForGo: true, mostSamples: each };
  });
  return [...serving, ...sending];
}
