import type { Connection } from "./connection.ts";
import { maxStreamBytes, statuses } from "./packet.ts";
import type { Procedure } from "./procedures.ts";

/**
 * A call that data follows: the call is answered first, then come packets of data under its serial number, and an empty
 * one with status ok ends the stream, which the daemon confirms when all is written.
 *
 * @returns the number of bytes sent.
 */
export async function sendData<Args>(
  connection: Connection,
  procedure: Procedure<Args, undefined>,
  args: Args,
  data: AsyncIterable<Buffer>,
  progress?: (bytes: number) => void,
): Promise<number> {
  const stream = await connection.stream(procedure, args);
  let sent = 0;
  try {
    for await (const chunk of data) {
      // The daemon may report an error at any time, for example a full disk.
      for (let at = 0; at < chunk.length && !stream.ended(); at += maxStreamBytes) {
        const body = chunk.subarray(at, at + maxStreamBytes);
        await stream.write(statuses.more, body);
        sent += body.length;
      }
      if (stream.ended()) break;
      progress?.(sent);
    }
  } catch (error) {
    // The data could not be read: tell the daemon, which then drops the stream and answers with an error.
    await stream.write(statuses.error);
    await stream.end.catch(() => undefined);
    throw error;
  }
  if (!stream.ended()) await stream.write(statuses.ok);
  await stream.end;
  return sent;
}

/**
 * A call whose data the daemon sends, until `take` says by false that it needs no more of it. An empty packet says that
 * all has come; it is thanked for by an empty one with status ok.
 */
export async function receiveData<Args>(
  connection: Connection,
  procedure: Procedure<Args, undefined>,
  args: Args,
  take: (piece: Buffer) => boolean,
): Promise<void> {
  let finish: (all: boolean) => void = () => undefined;
  const finished = new Promise<boolean>((resolve) => {
    finish = resolve;
  });
  let wanted = true;
  const stream = await connection.stream(procedure, args, (piece) => {
    if (piece.length === 0) finish(true);
    else if (wanted && !(wanted = take(piece))) finish(false);
  });
  const all = await Promise.race([finished, stream.end.then(() => true)]);
  await stream.write(all ? statuses.ok : statuses.error);
  // One that is given up ends with an error that says so.
  await (all ? stream.end : stream.end.catch(() => undefined));
}
