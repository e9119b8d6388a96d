import { ProviderError } from "../../kit/plain/errors.ts";
import type { Connection } from "./connection.ts";
import { memory } from "./memoryProcedures.ts";
import { statuses } from "./packet.ts";
import type { DomainRef } from "./procedures.ts";

/** What a machine may say at once: it decides nothing of what this process keeps. */
const maxLineBytes = 16 * 1024;
const refreshMs = 60_000;
/** VIR_DOMAIN_CHANNEL_FORCE: in place of a connection that a killed run has left. */
const force = 1;

/** The host's end of a virtio-serial port: lines of text both ways. */
export interface Channel {
  send: (line: string) => Promise<void>;
  /**
   * The next line that the machine says.
   *
   * @throws ProviderError after that many milliseconds without one.
   */
  line: (limitMs: number, waitedFor: string) => Promise<string>;
}

/**
 * Opens a machine's channel by its name, as the machine sees it (`org.example.port`), for as long as `work` takes.
 *
 * @param signal ends what waits for a line.
 */
export async function withChannel<Result>(
  connection: Connection,
  domain: DomainRef,
  name: string,
  signal: AbortSignal,
  work: (channel: Channel) => Promise<Result>,
): Promise<Result> {
  const lines = new Lines();
  const abort = (): void => {
    lines.end("the update was called off");
  };
  signal.addEventListener("abort", abort);
  const stream = await connection.stream(memory.openChannel, { domain, name, flags: force }, (piece) => {
    lines.take(piece);
  });
  stream.end.then(
    () => {
      lines.end("the machine's end was closed");
    },
    (error: unknown) => {
      lines.end(String(error));
    },
  );
  // A machine may be silent for long; what is waited for has a limit of its own.
  const waiting = setInterval(stream.refresh, refreshMs);
  try {
    return await work({
      send: (line) => stream.write(statuses.more, Buffer.from(`${line}\n`)),
      line: (limitMs, waitedFor) => lines.next(limitMs, waitedFor),
    });
  } finally {
    clearInterval(waiting);
    signal.removeEventListener("abort", abort);
    if (!stream.ended()) await stream.write(statuses.error);
    await stream.end.catch(() => undefined);
  }
}

/** Pieces of text put together to lines, one reader at a time. */
class Lines {
  #text = "";
  #over: string | undefined;
  #notify: () => void = () => undefined;

  take(piece: Buffer): void {
    this.#text += piece.toString("latin1");
    if (this.#text.length > maxLineBytes) this.#over = `it said more than ${maxLineBytes} bytes at once`;
    this.#notify();
  }

  end(reason: string): void {
    this.#over ??= reason;
    this.#notify();
  }

  async next(limitMs: number, waitedFor: string): Promise<string> {
    const deadline = Date.now() + limitMs;
    for (;;) {
      const at = this.#text.indexOf("\n");
      if (at !== -1) {
        const line = this.#text.slice(0, at);
        this.#text = this.#text.slice(at + 1);
        return line;
      }
      if (this.#over !== undefined) throw new ProviderError(`${waitedFor}: ${this.#over}`);
      const left = deadline - Date.now();
      if (left <= 0) throw new ProviderError(`${waitedFor}: nothing came within ${Math.round(limitMs / 1000)} s`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#notify = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}
