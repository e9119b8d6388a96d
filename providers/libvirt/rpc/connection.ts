import { createConnection } from "node:net";
import type { Duplex } from "node:stream";
import { messageOf, ProviderError } from "../../kit/errors.ts";
import { decode, encode } from "./codec.ts";
import { LibvirtError } from "./errors.ts";
import {
  encodePacket,
  keepaliveProcedures,
  maxStreamBytes,
  PacketReader,
  packetTypes,
  programs,
  statuses,
  type Packet,
} from "./packet.ts";
import { remoteError, type Procedure } from "./procedures.ts";

const connectSeconds = 10;
/** libvirt answers in milliseconds, but starting a machine on a busy host takes a while. */
const callSeconds = 300;

/** A call (or the end of a stream) that waits for its reply. */
interface Waiting {
  procedure: string;
  resolve: (body: Buffer) => void;
  reject: (error: Error) => void;
  timer: NodeJS.Timeout;
}

/**
 * One connection to a libvirt daemon. Calls overlap: each carries a serial number and the replies come in any order.
 * Errors of the daemon are LibvirtErrors; when the connection breaks, every waiting call fails with the reason.
 */
export class Connection {
  readonly #socket: Duplex;
  readonly #where: string;
  readonly #reader = new PacketReader();
  readonly #waiting = new Map<number, Waiting>();
  readonly #events = new Map<number, (body: Buffer) => void>();
  #serial = 0;
  #failure: ProviderError | undefined;

  /** @param socket a stream to the daemon that is open. @param where what errors call it. */
  constructor(socket: Duplex, where: string) {
    this.#socket = socket;
    this.#where = where;
    socket.on("data", (piece: Buffer) => {
      this.#receive(piece);
    });
    socket.on("error", (error: Error) => {
      this.#fail(`the connection broke: ${error.message}`);
    });
    socket.on("close", () => {
      this.#fail("the daemon closed the connection");
    });
  }

  /** Connects to a daemon's unix socket. `where` is what errors call it. */
  static open(path: string, where: string): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = createConnection({ path });
      const refuse = (reason: string): void => {
        socket.destroy();
        const fix = "check that libvirtd runs and that you may use its socket (group libvirt)";
        reject(new ProviderError(`can't connect to libvirt at ${where} (socket ${path}): ${reason}; ${fix}`));
      };
      const timer = setTimeout(() => {
        refuse(`no answer within ${connectSeconds} s`);
      }, connectSeconds * 1000);
      socket.once("error", (error) => {
        clearTimeout(timer);
        refuse(error.message);
      });
      socket.once("connect", () => {
        clearTimeout(timer);
        socket.removeAllListeners("error");
        resolve(new Connection(socket, where));
      });
    });
  }

  get broken(): boolean {
    return this.#failure !== undefined;
  }

  async call<Args, Result>(procedure: Procedure<Args, Result>, args: Args): Promise<Result> {
    const { reply } = this.#send(procedure, packetTypes.call, encode(procedure.args, args));
    return decode(procedure.result, await reply);
  }

  /** Calls `handler` for each event of this kind; the daemon has to be asked for them by a call of its own. */
  onEvent<Message>(event: Procedure<Message, undefined>, handler: (message: Message) => void): void {
    this.#events.set(event.number, (body) => {
      handler(decode(event.args, body));
    });
  }

  /**
   * A call that sends data after it (virStream): the call is answered first, then packets of data follow under its
   * serial number, and an empty one with status ok ends the stream, which the daemon confirms when all is written.
   */
  async send<Args>(
    procedure: Procedure<Args, undefined>,
    args: Args,
    data: AsyncIterable<Buffer>,
    progress?: (bytes: number) => void,
  ): Promise<number> {
    const { serial, reply } = this.#send(procedure, packetTypes.call, encode(procedure.args, args));
    await reply;
    const packet = { program: programs.remote, procedure: procedure.number, type: packetTypes.stream, serial };
    // From here on the daemon may report an error at any time, for example a full disk.
    const end = this.#wait(serial, procedure.name);
    const failed = { error: undefined as unknown };
    end.catch((error: unknown) => {
      failed.error = error;
    });
    let sent = 0;
    try {
      for await (const chunk of data) {
        for (let at = 0; at < chunk.length && failed.error === undefined; at += maxStreamBytes) {
          const body = chunk.subarray(at, at + maxStreamBytes);
          await this.#write(encodePacket({ ...packet, status: statuses.more, body }));
          sent += body.length;
        }
        if (failed.error !== undefined) break;
        progress?.(sent);
      }
    } catch (error) {
      // The data could not be read: tell the daemon, which then drops the stream and answers with an error.
      await this.#write(encodePacket({ ...packet, status: statuses.error, body: Buffer.alloc(0) }));
      await end.catch(() => undefined);
      throw error;
    }
    if (failed.error === undefined) {
      await this.#write(encodePacket({ ...packet, status: statuses.ok, body: Buffer.alloc(0) }));
    }
    await end;
    return sent;
  }

  /** Ends the connection; calls that still wait fail. */
  close(): void {
    this.#fail("the connection was closed");
    this.#socket.destroy();
  }

  #send(
    procedure: { number: number; name: string },
    type: number,
    body: Buffer,
  ): { serial: number; reply: Promise<Buffer> } {
    const serial = ++this.#serial;
    const reply = this.#wait(serial, procedure.name);
    if (!this.#failure) {
      this.#socket.write(
        encodePacket({
          program: programs.remote,
          procedure: procedure.number,
          type,
          serial,
          status: statuses.ok,
          body,
        }),
      );
    }
    return { serial, reply };
  }

  #wait(serial: number, procedure: string): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      if (this.#failure) {
        reject(this.#failure);
        return;
      }
      const timer = setTimeout(() => {
        this.#waiting.delete(serial);
        reject(new ProviderError(`${this.#where}: ${procedure} was not answered within ${callSeconds} s`));
      }, callSeconds * 1000);
      this.#waiting.set(serial, { procedure, resolve, reject, timer });
    });
  }

  /** Resolves when the socket wants more, so that a slow daemon slows the sender down. */
  #write(frame: Buffer): Promise<void> {
    if (this.#failure || this.#socket.write(frame)) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        this.#socket.off("drain", done);
        this.#socket.off("close", done);
        resolve();
      };
      this.#socket.on("drain", done);
      this.#socket.on("close", done);
    });
  }

  #receive(piece: Buffer): void {
    try {
      for (const packet of this.#reader.push(piece)) this.#dispatch(packet);
    } catch (error) {
      this.#fail(messageOf(error));
      this.#socket.destroy();
    }
  }

  #dispatch(packet: Packet): void {
    if (packet.program === programs.keepalive) {
      if (packet.procedure !== keepaliveProcedures.ping) return;
      this.#socket.write(encodePacket({ ...packet, procedure: keepaliveProcedures.pong }));
      return;
    }
    if (packet.type === packetTypes.event) {
      this.#events.get(packet.procedure)?.(packet.body);
      return;
    }
    const waiting = this.#waiting.get(packet.serial);
    // The answer to a call that was given up, or data of a stream, of which none is asked for.
    if (!waiting || packet.status === statuses.more) return;
    this.#waiting.delete(packet.serial);
    clearTimeout(waiting.timer);
    if (packet.status === statuses.error) {
      waiting.reject(new LibvirtError(decode(remoteError, packet.body), waiting.procedure, this.#where));
    } else {
      waiting.resolve(packet.body);
    }
  }

  #fail(reason: string): void {
    if (this.#failure) return;
    this.#failure = new ProviderError(`libvirt at ${this.#where}: ${reason}`);
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(this.#failure);
    }
    this.#waiting.clear();
  }
}
