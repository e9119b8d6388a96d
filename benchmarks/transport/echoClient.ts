import { createSocket } from "node:dgram";
import { once } from "node:events";
import { messageOf } from "../../providers/kit/plain/errors.ts";
import { calibrateClock } from "../workloads/container/clock.ts";
import { bestOffset } from "./echoExchange.ts";
import type { Exchange } from "./echoExchange.ts";

/**
 * A program of its own, since it must run in the network namespace in which the machines are reached:
 * `node echoClient.ts '[{"name","address","port"}, ...]' COUNT` prints {name: OffsetMeasurement or {error}}.
 */
export interface EchoTarget {
  name: string;
  address: string;
  port: number;
}

const answerLimitMs = 500;
const pauseMs = 15;

async function exchanges(target: EchoTarget, count: number): Promise<{ found: Exchange[]; resolutionMs: number }> {
  const clock = calibrateClock();
  const socket = createSocket("udp4");
  const found: Exchange[] = [];
  let askedMs = 0;
  let asked = -1;
  socket.on("message", (message) => {
    const heardMs = clock.now();
    // An answer to an earlier question came too late to be used.
    if (message.length !== 20 || message.readUInt32BE(0) !== asked) return;
    const [arrivedMs, answeredMs] = [4, 12].map((at) => Number(message.readBigUInt64BE(at)) / 1e6) as [number, number];
    found.push({ askedMs, arrivedMs, answeredMs, heardMs });
    socket.emit("answered");
  });
  socket.connect(target.port, target.address);
  await once(socket, "connect");
  for (asked = 0; asked < count; asked += 1) {
    const question = Buffer.alloc(4);
    question.writeUInt32BE(asked);
    const answered = once(socket, "answered", { signal: AbortSignal.timeout(answerLimitMs) }).catch(() => undefined);
    askedMs = clock.now();
    socket.send(question);
    await answered;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  await new Promise((resolve) => {
    socket.send("end", resolve);
  });
  socket.close();
  return { found, resolutionMs: clock.uncertaintyMs };
}

const [targets = "[]", count = "16"] = process.argv.slice(2);
const results: Record<string, unknown> = {};
// One machine after the other: two at once would lengthen each other's round trips.
for (const target of JSON.parse(targets) as EchoTarget[]) {
  try {
    const { found, resolutionMs } = await exchanges(target, Number(count));
    results[target.name] = bestOffset(found, resolutionMs);
  } catch (error) {
    results[target.name] = { error: messageOf(error) };
  }
}
process.stdout.write(JSON.stringify(results));
