import { setTimeout as sleep } from "node:timers/promises";
import { connectBroker } from "../broker.ts";
import { readPublisherConfig } from "../config.ts";
import {
  decodeCorrelation,
  encodeCorrelation,
  labelTopic,
  photoTopic,
  type BrokerConfig,
  type PartResult,
} from "../protocol.ts";
import type { RoleContext } from "../../../container/role.ts";
import { RunFailure } from "../../../container/runFailure.ts";
import { waitForGo } from "../../../container/startSign.ts";
import { waitUntil } from "../../../container/pacer.ts";
import type { Photo } from "./photos.ts";
import { Replies } from "./replies.ts";
import { planSchedule } from "./schedule.ts";

/**
 * Sends photos at their planned times and takes the labels in, until all are in or the limit for replies has passed.
 * Photos go round in the catalogue's order. @throws RunFailure when the broker can't be reached or its connection ends.
 */
export async function publish(
  context: RoleContext<PartResult>,
  broker: BrokerConfig,
  photos: readonly Photo[],
): Promise<void> {
  const { clock, record, result: counts, end } = context;
  const config = readPublisherConfig(context.configFile);
  const replies = new Replies(record);
  let failure: RunFailure | undefined;
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, end.signal]);

  const client = await connectBroker(broker, `${config.run}-publisher-${config.id}`, (reason) => {
    failure = new RunFailure(`${reason}, after ${counts.photos} photos sent and ${replies.answered} answered`);
    stop.abort();
  });
  client.on("message", (_topic, payload, packet) => {
    const atMs = clock.now();
    const from = decodeCorrelation(packet.properties?.correlationData);
    if (from?.endpoint !== config.id) return;
    const reply = JSON.parse(payload.toString()) as { label?: string; error?: string };
    replies.replied(from.seq, atMs, reply.label ?? `error: ${reply.error ?? "no label"}`);
  });

  try {
    await client.subscribeAsync(labelTopic(config.run, config.id), { qos: 1 });
    record.state({ state: "ready", detail: "waits for the start" });
    const startAtMs = await waitForGo(context.runDirectory, "publisher", config.goLimitMs, signal);
    const schedule = startAtMs === undefined ? [] : planSchedule(config, startAtMs);
    const progress = (): void => {
      counts.answered = replies.answered;
      const detail = `${counts.photos} of ${schedule.length} photos sent, ${replies.answered} answered`;
      record.state({ state: "running", detail, counts: { sent: counts.photos, answered: replies.answered } });
    };

    // Whether fewer than `count` came to be on their way before no reply came for the limit, or `mostMs` had passed.
    const settle = async (count: number, mostMs = Infinity): Promise<boolean> => {
      const begunMs = clock.now();
      let lastMs = begunMs;
      let answered = replies.answered;
      while (replies.open >= count && !signal.aborted) {
        if (clock.now() > Math.min(lastMs + config.replyLimitMs, begunMs + mostMs)) return false;
        await sleep(20);
        if (answered !== replies.answered) lastMs = clock.now();
        answered = replies.answered;
        progress();
      }
      return true;
    };

    const topic = photoTopic(config.run, config.worker);
    const responseTopic = labelTopic(config.run, config.id);
    for (const scheduled of schedule) {
      await waitUntil(clock, scheduled.intendedMs, signal);
      if (config.inFlight !== undefined && !(await settle(config.inFlight))) break;
      if (signal.aborted) break;
      const photo = photos[scheduled.seq % photos.length];
      if (!photo) break;
      const begunMs = clock.now();
      const correlationData = encodeCorrelation(config.id, scheduled.seq);
      const message = { qos: 1 as const, properties: { responseTopic, correlationData } };
      const sentMs = clock.now();
      replies.sent(scheduled, photo, sentMs, sentMs - begunMs);
      client.publish(topic, photo.content, message, (error) => {
        if (!error) replies.acknowledged(scheduled.seq, clock.now());
      });
      counts.photos += 1;
      progress();
    }
    await settle(1, config.warmupMs + config.durationMs + config.replyLimitMs);
    if (failure) throw failure;
  } finally {
    counts.answered = replies.answered;
    replies.giveUp();
    await client.endAsync(true).catch(() => undefined);
  }
}
