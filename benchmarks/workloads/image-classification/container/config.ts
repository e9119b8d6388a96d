import { readFields, readJson } from "../../container/config.ts";
import type { BrokerConfig, PublisherConfig, WorkerConfig } from "./protocol.ts";

export function readBrokerConfig(file: string): BrokerConfig {
  const broker = (readJson(file) as { broker?: unknown } | null)?.broker;
  const fields = { host: "string", port: "number", username: "string", password: "string" } as const;
  return readFields<BrokerConfig>(`${file} (broker)`, broker, fields);
}

export function readWorkerConfig(file: string): WorkerConfig {
  return readFields<WorkerConfig>(file, readJson(file), { run: "string", id: "string", limitMs: "number" });
}

export function readPublisherConfig(file: string): PublisherConfig {
  return readFields<PublisherConfig>(file, readJson(file), {
    run: "string",
    id: "string",
    worker: "string",
    rateHz: "number",
    warmupMs: "number",
    durationMs: "number",
    phaseMs: "number",
    goLimitMs: "number",
    replyLimitMs: "number",
  });
}
