import { closeSync, openSync, readSync } from "node:fs";

const intervalMs = 50;

/** What takes a program's output, piece by piece. */
export interface Sink {
  write: (piece: Buffer) => unknown;
}

/**
 * Passes on what a program prints, through a file. Over a pipe it would die in the middle of its work when whoever reads
 * the pipe ends before it: `| head`, or a `| tee` that gets the same Ctrl-C.
 */
export class Relay {
  /** The program's standard output or error. */
  readonly input: number;
  readonly #file: number;
  readonly #to: Sink;
  readonly #timer: NodeJS.Timeout;
  readonly #buffer = Buffer.alloc(1 << 16);

  /** @param file is made; only its end is read, so others may write to it. */
  constructor(file: string, to: Sink) {
    this.input = openSync(file, "a", 0o600);
    this.#file = openSync(file, "r");
    this.#to = to;
    this.#timer = setInterval(() => {
      this.#pass();
    }, intervalMs);
  }

  /** Passes on the rest. */
  end(): void {
    clearInterval(this.#timer);
    this.#pass();
    closeSync(this.input);
    closeSync(this.#file);
  }

  #pass(): void {
    for (let bytes = 1; bytes > 0;) {
      bytes = readSync(this.#file, this.#buffer);
      if (bytes > 0) this.#to.write(Buffer.from(this.#buffer.subarray(0, bytes)));
    }
  }
}
