import { EventEmitter } from "node:events";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { messageOf, ProviderError } from "../../kit/errors.ts";
import { Connection } from "./connection.ts";
import { connect, domains, lifecycleEvent, type DomainRef, type Procedure } from "./procedures.ts";
import { parseUri, type Target } from "./uri.ts";

const authentication = { none: 0, polkit: 2 } as const;

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

  /**
   * Where the daemon's socket would be is not there, nor the directory around it: as after a reboot, with a daemon of
   * one's own under /run. A daemon that merely does not run is not gone, and what it has is not either.
   */
  get isGone(): boolean {
    return !existsSync(dirname(parseUri(this.#uri).socket));
  }

  async call<Args, Result>(procedure: Procedure<Args, Result>, args: Args): Promise<Result> {
    return (await this.#connected()).call(procedure, args);
  }

  /** {@link Connection.send}: a call that is followed by data. Resolves to the number of bytes sent. */
  async send<Args>(
    procedure: Procedure<Args, undefined>,
    args: Args,
    data: AsyncIterable<Buffer>,
    progress?: (bytes: number) => void,
  ): Promise<number> {
    return (await this.#connected()).send(procedure, args, data, progress);
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
    this.#connection ??= this.#open(parseUri(this.#uri));
    return this.#connection;
  }

  async #open(target: Target): Promise<Connection> {
    const connection = await Connection.open(target.socket, target.uri);
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
      connection.onEvent(lifecycleEvent, ({ domain, event }) => {
        if (event === stopped) this.#stops.emit(domain.uuid);
      });
      await connection.call(domains.registerEvents, { event: 0, domain: undefined });
      return connection;
    } catch (error) {
      connection.close();
      throw new ProviderError(`can't open libvirt at ${target.uri}: ${messageOf(error)}`);
    }
  }
}
