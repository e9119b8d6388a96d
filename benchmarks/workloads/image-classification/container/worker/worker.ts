import { setTimeout as sleep } from "node:timers/promises";
import { connectBroker } from "../broker.ts";
import { readWorkerConfig } from "../config.ts";
import { decodeCorrelation, photoTopic, type BrokerConfig, type PartResult } from "../protocol.ts";
import type { RoleContext } from "../../../container/role.ts";
import { RunFailure } from "../../../container/runFailure.ts";
import type { Classifier } from "./classifier.ts";

interface Job {
  endpoint: string;
  seq: number;
  receivedMs: number;
  photo: Buffer;
  replyTo: string;
  correlationData: Buffer;
}

/**
 * Classifies photos one at a time, in the order of their arrival, until `context.end` is aborted or the configured limit
 * has passed. @throws RunFailure when the broker's connection ends before that.
 */
export async function work(
  context: RoleContext<PartResult>,
  broker: BrokerConfig,
  classifier: Classifier,
): Promise<void> {
  const { clock, record, result: counts } = context;
  const config = readWorkerConfig(context.configFile);
  const queue: Job[] = [];
  let failure: Error | undefined;
  let wake = (): void => undefined;
  const fail = (error: Error): void => {
    failure ??= error;
    wake();
  };

  const client = await connectBroker(broker, `${config.run}-worker-${config.id}`, (reason) => {
    fail(new RunFailure(`${reason}, after ${counts.answered} photos`));
  });
  client.on("message", (_topic, payload, packet) => {
    const receivedMs = clock.now();
    const { responseTopic, correlationData } = packet.properties ?? {};
    const from = decodeCorrelation(correlationData);
    if (from === undefined || responseTopic === undefined || correlationData === undefined) {
      process.stderr.write(`a photo without response topic and correlation data was left out\n`);
      return;
    }
    counts.photos += 1;
    queue.push({ ...from, receivedMs, photo: payload, replyTo: responseTopic, correlationData });
    wake();
  });
  await client.subscribeAsync(photoTopic(config.run, config.id), { qos: 1 });
  record.state({ state: "ready", detail: "waits for photos" });

  const answer = async (job: Job): Promise<void> => {
    const result = await classifier.classify(job.photo);
    const payload = JSON.stringify(
      result.index < 0 ? { error: result.label } : { label: result.label, index: result.index },
    );
    const repliedMs = clock.now();
    client.publish(job.replyTo, payload, { qos: 1, properties: { correlationData: job.correlationData } }, (error) => {
      if (error) fail(new RunFailure(`cannot send a label: ${error.message}`));
    });
    counts.answered += 1;
    const { startedMs, decodedMs, inferredMs, label } = result;
    const times = [job.receivedMs, startedMs, decodedMs, inferredMs, repliedMs];
    record.sample([job.seq, job.endpoint, ...times, job.photo.length, label]);
    record.state({ state: "running", detail: `${queue.length} photos wait`, counts: { answered: counts.answered } });
  };

  const limit = sleep(config.limitMs, undefined, { ref: false }).then(() => {
    context.end.abort(`reached its time limit of ${config.limitMs / 1000} s`);
  });
  void limit;
  context.end.signal.addEventListener("abort", () => {
    wake();
  });
  try {
    while (!context.end.signal.aborted) {
      if (failure) throw failure;
      const job = queue.shift();
      if (job) await answer(job);
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    await client.endAsync(true).catch(() => undefined);
    await classifier.close();
  }
}
