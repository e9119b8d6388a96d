import { EventEmitter } from "node:events";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { messageOf, ProviderError } from "../../kit/plain/errors.ts";
import type { RemoteHost } from "../../kit/plain/remoteHost.ts";
import { kvmProblem, kvmProblemOn, type KvmProblem } from "../../kit/plain/kvm.ts";
import { withChannel, type Channel } from "./channel.ts";
import { Connection } from "./connection.ts";
import { Unreachable } from "./errors.ts";
import { receiveData, sendData } from "./stream.ts";
import { Semaphore } from "./semaphore.ts";
import { openSsh } from "./sshTransport.ts";
import { connect, domains, lifecycleEvent, type DomainRef, type Procedure } from "./procedures.ts";
import { parseUri, type Target } from "./uri.ts";

const authentication = { none: 0, polkit: 2 } as const;

/** sshd lets ten connections at a time be in the middle of their login (MaxStartups), and drops others by chance. */
const streamsBySsh = 8;

/** VIR_DOMAIN_EVENT_STOPPED, of virDomainEventType. */
const stopped = 5;

/**
 * libvirt at a URI. It connects at the first call (a preview that makes none connects to nothing), keeps the
 * connection, and makes a new one for the first call after it broke.
 */
export class Libvirt {
  readonly #uri: string;
  readonly #stops = new EventEmitter().setMaxListeners(0);
  #connection: Promise<Connection> | undefined;
  #version = "";
  #kvm: Promise<KvmProblem | undefined> | undefined;
  readonly #streams = new Semaphore(streamsBySsh);

  constructor(uri: string) {
    this.#uri = uri;
  }

  get uri(): string {
    return this.#uri;
  }

  /** True for libvirt's built-in test driver, which keeps its objects in memory and has no machines to run. */
  get isTest(): boolean {
    return this.#uri.startsWith("test");
  }

  /** Whether the daemon is on another machine: what it has in files is none of this one's. */
  get isRemote(): boolean {
    return this.remote !== undefined;
  }

  /** The machine that the daemon is on, where that is another one. */
  get remote(): RemoteHost | undefined {
    return parseUri(this.#uri).remote;
  }

  /**
   * Where the daemon's socket would be is not there, nor the directory around it: as after a reboot, with a daemon of
   * one's own under /run. A daemon that merely does not run is not gone, and what it has is not either; nor is one on
   * another machine that can't be reached.
   */
  get isGone(): boolean {
    const target = parseUri(this.#uri);
    return target.remote === undefined && !existsSync(dirname(target.socket));
  }

  /** Path of the daemon's socket, where it is on this machine. */
  get socket(): string | undefined {
    const target = parseUri(this.#uri);
    return target.remote === undefined ? target.socket : undefined;
  }

  /** Whether machines can run on KVM where the daemon is. */
  async kvmUsable(): Promise<boolean> {
    const { remote, driverUri } = parseUri(this.#uri);
    if (remote === undefined) return kvmProblem(driverUri.endsWith("/session") ? "self" : "system") === undefined;
    this.#kvm ??= kvmProblemOn(remote);
    return (await this.#kvm) === undefined;
  }

  async call<Args, Result>(procedure: Procedure<Args, Result>, args: Args): Promise<Result> {
    return (await this.#connected()).call(procedure, args);
  }

  /** {@link sendData}. Resolves to the number of bytes sent. */
  send<Args>(
    procedure: Procedure<Args, undefined>,
    args: Args,
    data: AsyncIterable<Buffer>,
    progress?: (bytes: number) => void,
  ): Promise<number> {
    return this.#apart((connection) => sendData(connection, procedure, args, data, progress));
  }

  /** {@link receiveData}. */
  receive<Args>(procedure: Procedure<Args, undefined>, args: Args, take: (piece: Buffer) => boolean): Promise<void> {
    return this.#apart((connection) => receiveData(connection, procedure, args, take));
  }

  /** {@link withChannel}. */
  channel<Result>(
    domain: DomainRef,
    name: string,
    signal: AbortSignal,
    work: (channel: Channel) => Promise<Result>,
  ): Promise<Result> {
    return this.#apart((connection) => withChannel(connection, domain, name, signal, work));
  }

  /**
   * Streams have connections of their own: a daemon that takes the end of a stream and a call on one connection at the
   * same moment may drop the call, which is then never answered (daemonStreamFilter of
   * src/remote/remote_daemon_stream.c, where the stream has gone meanwhile).
   */
  #apart<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result> {
    const target = parseUri(this.#uri);
    const stream = async (): Promise<Result> => {
      const connection = await this.#open(target);
      try {
        return await work(connection);
      } finally {
        connection.close();
      }
    };
    return target.remote === undefined ? stream() : this.#streams.run(stream);
  }

  /** The daemon's version, "9.0.0"; empty before the first call. */
  get version(): string {
    return this.#version;
  }

  /**
   * Watches for the end of a machine. The watch starts at once, so that nothing is missed between a call that ends
   * the machine and the wait; `stopped` resolves to false if it still runs after that time.
   */
  watch(domain: DomainRef): { stopped: (seconds: number) => Promise<boolean>; end: () => void } {
    const { uuid } = domain;
    let seen = false;
    let notify = (): void => undefined;
    const listener = (): void => {
      seen = true;
      notify();
    };
    this.#stops.on(uuid, listener);
    return {
      stopped: (seconds) =>
        new Promise((resolve) => {
          const finish = (): void => {
            clearTimeout(timer);
            resolve(seen);
          };
          const timer = setTimeout(finish, seconds * 1000);
          notify = finish;
          if (seen) finish();
        }),
      end: () => {
        this.#stops.off(uuid, listener);
      },
    };
  }

  close(): void {
    void this.#connection?.then(
      (connection) => {
        connection.close();
      },
      () => undefined,
    );
    this.#connection = undefined;
  }

  async #connected(): Promise<Connection> {
    const existing = this.#connection;
    if (existing) {
      // A connection that failed to open, or broke since, is replaced, by the first caller that notices.
      const connection = await existing.catch(() => undefined);
      if (connection && !connection.broken) return connection;
      if (this.#connection === existing) this.#connection = undefined;
    }
    this.#connection ??= this.#openWithEvents(parseUri(this.#uri));
    return this.#connection;
  }

  async #openWithEvents(target: Target): Promise<Connection> {
    const connection = await this.#open(target);
    try {
      connection.onEvent(lifecycleEvent, ({ domain, event }) => {
        if (event === stopped) this.#stops.emit(domain.uuid);
      });
      await connection.call(domains.registerEvents, { event: 0, domain: undefined });
      return connection;
    } catch (error) {
      connection.close();
      throw new ProviderError(`can't watch the machines of libvirt at ${target.uri}: ${messageOf(error)}`);
    }
  }

  async #open(target: Target): Promise<Connection> {
    const connection =
      target.remote === undefined
        ? await Connection.open(target.socket, target.uri)
        : new Connection(await openSsh(target), target.uri);
    try {
      const { types } = await connection.call(connect.authList, undefined);
      if (types.includes(authentication.polkit)) {
        await connection.call(connect.authPolkit, undefined);
      } else if (types.length > 0 && !types.includes(authentication.none)) {
        throw new ProviderError(
          "the daemon asks for a password (SASL), which this plugin has not; use its unix socket",
        );
      }
      await connection.call(connect.open, { name: target.driverUri, flags: 0 });
      const { version } = await connection.call(connect.libVersion, undefined);
      this.#version = `${Math.floor(version / 1_000_000)}.${Math.floor(version / 1000) % 1000}.${version % 1000}`;
      return connection;
    } catch (error) {
      connection.close();
      throw new Unreachable(`can't open libvirt at ${target.uri}: ${messageOf(error)}`);
    }
  }
}
