import { toReferenceTime } from "../../../metrics/clock.ts";
import type { MachineClock } from "../../../metrics/clock.ts";
import type { PublisherSample, WorkerSample } from "./samples.ts";

/**
 * One photo's whole way. Spans are in ms. What one clock measured (endToEnd, queue, decode, inference, respond, sendDelay)
 * is exact; uplink and downlink span two clocks and are off by at most +- clockUncertaintyMs, in opposite directions.
 */
export interface Photo {
  /** Counted from 1. */
  repetition: number;
  endpoint: string;
  worker: string;
  seq: number;
  photo: string;
  warmup: boolean;
  bytes: number;
  /** ms since 1970 by the reference clock. */
  intendedMs: number;
  /** Sent after its intended time: the publisher's own lateness. */
  sendDelayMs: number;
  preprocMs: number;
  /** The photo's way down to the label's arrival, from the intended time on. Absent: no answer came. */
  endToEndMs?: number;
  label?: string;
  way?: Way;
  /** Where in its trace each link was at the intended time, in ms, by the link's name; absent: there are no traces. */
  traceMs?: Readonly<Record<string, number>>;
}

/** What lies between sending and label; known when both machines' samples are there. */
export interface Way {
  /** Sent by the endpoint until received by the worker, through the broker. */
  uplinkMs: number;
  /** Received until its turn came. */
  queueMs: number;
  decodeMs: number;
  inferenceMs: number;
  /** Inferred until the label was handed to the MQTT client. */
  respondMs: number;
  /** Handed over by the worker until received by the endpoint, through the broker. */
  downlinkMs: number;
  clockUncertaintyMs: number;
}

export interface EndpointSamples {
  endpoint: string;
  worker: string;
  samples: readonly PublisherSample[];
}

export interface WorkerSamples {
  worker: string;
  samples: readonly WorkerSample[];
}

export interface RepetitionSamples {
  repetition: number;
  endpoints: readonly EndpointSamples[];
  workers: readonly WorkerSamples[];
  clocks: ReadonlyMap<string, MachineClock>;
}

/** Decode, inference and handing over: the time during which the worker could do nothing else. */
export const processingMs = (way: Way): number => way.decodeMs + way.inferenceMs + way.respondMs;

/** Brings both sides' samples together by endpoint and sequence number. @throws Error for a machine without a clock. */
export function joinSamples({ repetition, endpoints, workers, clocks }: RepetitionSamples): Photo[] {
  const clockOf = (machine: string): MachineClock => {
    const clock = clocks.get(machine);
    if (!clock) throw new Error(`no clock offset was measured for ${machine}`);
    return clock;
  };
  const classified = new Map<string, WorkerSample>();
  for (const { worker, samples } of workers) {
    for (const sample of samples) {
      // QoS 1 may deliver a photo twice; the endpoint has taken the first label, so the first work counts.
      const key = `${worker} ${sample.endpoint} ${sample.seq}`;
      if (!classified.has(key)) classified.set(key, sample);
    }
  }
  return endpoints.flatMap(({ endpoint, worker, samples }) =>
    samples.map((sent): Photo => {
      const other = classified.get(`${worker} ${endpoint} ${sent.seq}`);
      const replyMs = sent.replyMs;
      const complete = other !== undefined && replyMs !== undefined;
      return {
        repetition,
        endpoint,
        worker,
        seq: sent.seq,
        photo: sent.photo,
        warmup: sent.warmup,
        bytes: sent.bytes,
        intendedMs: toReferenceTime(clockOf(endpoint), sent.intendedMs).referenceMs,
        sendDelayMs: sent.sentMs - sent.intendedMs,
        preprocMs: sent.preprocMs,
        endToEndMs: replyMs === undefined ? undefined : replyMs - sent.intendedMs,
        label: sent.label,
        way: complete ? wayOf({ ...sent, replyMs }, other, clockOf(endpoint), clockOf(worker)) : undefined,
      };
    }),
  );
}

function wayOf(
  sent: PublisherSample & { replyMs: number },
  other: WorkerSample,
  endpointClock: MachineClock,
  workerClock: MachineClock,
): Way {
  const left = toReferenceTime(endpointClock, sent.sentMs);
  const arrived = toReferenceTime(workerClock, other.receivedMs);
  const answered = toReferenceTime(workerClock, other.repliedMs);
  const back = toReferenceTime(endpointClock, sent.replyMs);
  return {
    uplinkMs: arrived.referenceMs - left.referenceMs,
    queueMs: other.startedMs - other.receivedMs,
    decodeMs: other.decodedMs - other.startedMs,
    inferenceMs: other.inferredMs - other.decodedMs,
    respondMs: other.repliedMs - other.inferredMs,
    downlinkMs: back.referenceMs - answered.referenceMs,
    clockUncertaintyMs: Math.max(
      left.uncertaintyMs + arrived.uncertaintyMs,
      answered.uncertaintyMs + back.uncertaintyMs,
    ),
  };
}

/** Photos that count: not warm-up. */
export const measured = (photos: readonly Photo[]): Photo[] => photos.filter((photo) => !photo.warmup);
