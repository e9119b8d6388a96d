import { createConnection } from "node:net";
import type { Duplex } from "node:stream";
import { messageOf, ProviderError } from "../../kit/plain/errors.ts";
import { decode, encode } from "./codec.ts";
import { LibvirtError, Unreachable } from "./errors.ts";
import {
  encodePacket,
  keepaliveProcedures,
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

/** A call that waits for its reply, or a stream that waits for its end. */
interface Waiting {
  procedure: string;
  resolve: (body: Buffer) => void;
  reject: (error: Error) => void;
  timer: NodeJS.Timeout;
  /** Takes what comes before the end; an empty piece says that all has come. */
  take?: (piece: Buffer) => void;
}

/** What the daemon and a call of ours send each other once it has been answered (virStream). */
export interface Stream {
  /** The daemon's last word: it rejects with its error. */
  end: Promise<unknown>;
  /** Whether that has come. */
  ended: () => boolean;
  /** Says that it is waited for on purpose: its time begins anew. */
  refresh: () => void;
  /** Resolves when the daemon takes more, or nothing ever again. */
  write: (status: number, body?: Buffer) => Promise<void>;
}

/**
 * One connection to a libvirt daemon. Calls overlap: each carries a serial number and the replies come in any order.
 * Errors of the daemon are LibvirtErrors; when the connection breaks, every waiting call fails with the reason.
 */
export class Connection {
  readonly #socket: Duplex;
  readonly #where: string;
  readonly #reader = new PacketReader();
  readonly #calls = new Map<number, Waiting>();
  /** A stream has the serial of the call that began it. */
  readonly #streams = new Map<number, Waiting>();
  readonly #events = new Map<number, (body: Buffer) => void>();
  #serial = 0;
  #failure: Unreachable | undefined;

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
        reject(new Unreachable(`can't connect to libvirt at ${where} (socket ${path}): ${reason}; ${fix}`));
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
   * Makes a call that begins a stream of data, either way. Its end has the time of a call from the last packet on; then
   * the connection counts as lost, since the daemon takes nothing more.
   *
   * @param take gets the data that comes; an empty piece says that all has come.
   */
  async stream<Args>(
    procedure: Procedure<Args, undefined>,
    args: Args,
    take?: (piece: Buffer) => void,
  ): Promise<Stream> {
    const { serial, reply } = this.#send(procedure, packetTypes.call, encode(procedure.args, args));
    // Waited for at once: what the daemon has to say of it may come together with the reply.
    const end = this.#wait(this.#streams, serial, procedure.name, take);
    end.catch(() => undefined);
    try {
      await reply;
    } catch (error) {
      this.#forget(this.#streams, serial);
      throw error;
    }
    const packet = { program: programs.remote, procedure: procedure.number, type: packetTypes.stream, serial };
    return {
      end,
      ended: () => !this.#streams.has(serial),
      refresh: () => this.#streams.get(serial)?.timer.refresh(),
      write: async (status: number, body = Buffer.alloc(0)): Promise<void> => {
        await this.#write(encodePacket({ ...packet, status, body }));
        this.#streams.get(serial)?.timer.refresh();
      },
    };
  }

  /** Ends the connection; calls that still wait fail. */
  close(): void {
    this.#end("the connection was closed");
  }

  #send(
    procedure: { number: number; name: string },
    type: number,
    body: Buffer,
  ): { serial: number; reply: Promise<Buffer> } {
    const serial = ++this.#serial;
    const reply = this.#wait(this.#calls, serial, procedure.name);
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

  #wait(
    waiting: Map<number, Waiting>,
    serial: number,
    procedure: string,
    take?: (piece: Buffer) => void,
  ): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      if (this.#failure) {
        reject(this.#failure);
        return;
      }
      const timer = setTimeout(() => {
        const reason = `${procedure} was not answered within ${callSeconds} s`;
        if (waiting === this.#streams) this.#end(reason);
        waiting.delete(serial);
        reject(new ProviderError(`${this.#where}: ${reason}`));
      }, callSeconds * 1000);
      waiting.set(serial, { procedure, resolve, reject, timer, take });
    });
  }

  #forget(waiting: Map<number, Waiting>, serial: number): void {
    clearTimeout(waiting.get(serial)?.timer);
    waiting.delete(serial);
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
      this.#end(messageOf(error));
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
    // The end of a stream may come as a reply to the call that began it.
    const waiters = packet.type !== packetTypes.stream && this.#calls.has(packet.serial) ? this.#calls : this.#streams;
    const waiting = waiters.get(packet.serial);
    // The answer to a call that was given up.
    if (!waiting) return;
    if (packet.status === statuses.more) {
      waiting.timer.refresh();
      waiting.take?.(packet.body);
      return;
    }
    this.#forget(waiters, packet.serial);
    if (packet.status === statuses.error) {
      waiting.reject(new LibvirtError(decode(remoteError, packet.body), waiting.procedure, this.#where));
    } else {
      waiting.resolve(packet.body);
    }
  }

  #end(reason: string): void {
    this.#fail(reason);
    this.#socket.destroy();
  }

  #fail(reason: string): void {
    if (this.#failure) return;
    this.#failure = new Unreachable(`libvirt at ${this.#where}: ${reason}`);
    for (const waiters of [this.#calls, this.#streams]) {
      for (const { reject, timer } of waiters.values()) {
        clearTimeout(timer);
        reject(this.#failure);
      }
      waiters.clear();
    }
  }
}
