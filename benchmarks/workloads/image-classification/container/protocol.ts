/**
 * What publisher, worker and runner agree on, beside what all workloads do (container/protocol.ts).
 *
 * Topics (MQTT 5, QoS 1), R the run, W a worker, E an endpoint:
 *   strata/R/photo/W   publisher -> worker: payload the JPEG file, response topic strata/R/label/E, correlation data "E/SEQ"
 *   strata/R/label/E   worker -> publisher: payload JSON {"label", "index"} or {"error"}, the same correlation data
 * An endpoint sends to the one worker the runner names in its role file (endpoint index modulo number of workers), so
 * adding a machine changes nobody else's configuration.
 *
 * The publisher's start sign is its first intended send time, less its phase.
 */

/** The folder that the workload's npm packages are in. */
export const packages = new URL("../", import.meta.url);

export const photoTopic = (run: string, worker: string): string => `strata/${run}/photo/${worker}`;
export const labelTopic = (run: string, endpoint: string): string => `strata/${run}/label/${endpoint}`;

export interface BrokerConfig {
  host: string;
  port: number;
  username: string;
  password: string;
}

export interface WorkerConfig {
  run: string;
  /** Machine name, for example "cloud-0". */
  id: string;
  /** The worker ends by itself after this time, in ms, so nothing is left running when the runner is gone. */
  limitMs: number;
}

export interface PublisherConfig {
  run: string;
  /** Machine name, for example "endpoint-0". */
  id: string;
  /** The worker that gets this endpoint's photos. */
  worker: string;
  /** Photos a second. */
  rateHz: number;
  /** Photos intended before this time after the start, in ms, are flagged as warm-up. */
  warmupMs: number;
  /** Measured time after the warm-up, in ms. */
  durationMs: number;
  /** Shift of this endpoint's schedule, in ms, so that endpoints do not send all at once. */
  phaseMs: number;
  /** How long to wait for publisher.go.json, in ms. */
  goLimitMs: number;
  /** How long to wait for the next reply after the last photo, in ms; in all as long again as the sending may take. */
  replyLimitMs: number;
  /** Closed loop: a photo is sent only when fewer than this are on their way, whatever its time. Absent: open loop. */
  inFlight?: number;
}

/** A photo that the publisher may send, and the labels that count as right; none where the photo's content is not known. */
export interface PhotoEntry {
  file: string;
  labels: string[];
}

/** What publisher and worker add to their result. */
export interface PartResult {
  /** Photos sent (publisher) or taken from the broker (worker). */
  photos: number;
  /** Photos answered. */
  answered: number;
  /** Publisher: what it could send. */
  catalogue?: PhotoEntry[];
  /** Worker: the model's name. */
  model?: string;
}

/** Times are ms since 1970 by the worker's clock; bytes is the photo's size. */
export const workerColumns = [
  "seq",
  "endpoint",
  "receivedMs",
  "startedMs",
  "decodedMs",
  "inferredMs",
  "repliedMs",
  "bytes",
  "label",
] as const;

/**
 * Times are ms since 1970 by the endpoint's clock, except preprocMs, a span: making the message from the photo.
 * ackedMs, replyMs and label are empty when there was none. warmup is 1 or 0.
 */
export const publisherColumns = [
  "seq",
  "photo",
  "intendedMs",
  "sentMs",
  "ackedMs",
  "replyMs",
  "label",
  "bytes",
  "preprocMs",
  "warmup",
] as const;

export const encodeCorrelation = (endpoint: string, seq: number): Buffer => Buffer.from(`${endpoint}/${seq}`);

/** Undefined for anything encodeCorrelation did not make. */
export function decodeCorrelation(data: Uint8Array | undefined): { endpoint: string; seq: number } | undefined {
  const match = /^([^/]+)\/(\d+)$/.exec(Buffer.from(data ?? []).toString());
  return match?.[1] === undefined ? undefined : { endpoint: match[1], seq: Number(match[2]) };
}
