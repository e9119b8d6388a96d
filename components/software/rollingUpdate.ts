import { readFile } from "node:fs/promises";
import { z } from "zod";
import { withLock } from "../../local/lock.ts";
import type { RollingUpdateFiles } from "../../local/rollingUpdateFiles.ts";
import { writeWhole } from "../../local/writeWhole.ts";

/**
 * Longest wait for the other machines, against hanging alone: one that fails or whose run is gone ends it at once, and one
 * that is upgraded takes up to hours under emulation.
 */
const limitSeconds = 12 * 60 * 60;
const lookIntervalMs = 1000;

/** `at`: milliseconds since 1970. */
const failureSchema = z.object({ machine: z.string(), at: z.number() });
type Failure = z.infer<typeof failureSchema>;

/**
 * A rolling update: the machines of a stack whose software changes one after the other. What fails on one of them would fail
 * on the next, or leave it waiting for something that does not come: those that still wait are then not changed.
 */
export class RollingUpdate {
  readonly #files: RollingUpdateFiles;
  readonly #machine: string;
  readonly #begun = Date.now();

  constructor(files: RollingUpdateFiles, machine: string) {
    this.#files = files;
    this.#machine = machine;
  }

  /**
   * Waits for what must hold before this machine is changed.
   *
   * @param work ends soon after its signal.
   * @throws Error as soon as another machine has failed.
   */
  async before(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const cancel = new AbortController();
    const look = setInterval(() => {
      void this.#failed().then((failed) => {
        if (failed !== undefined) cancel.abort();
      });
    }, lookIntervalMs);
    try {
      await work(cancel.signal);
    } catch (error) {
      await this.#giveUp();
      throw error;
    } finally {
      clearInterval(look);
    }
  }

  /**
   * Runs `work` while no other machine is changed.
   *
   * @throws Error when another machine has failed since this one began to wait.
   */
  async change(work: () => Promise<void>): Promise<void> {
    await withLock(this.#files.lock, { limitSeconds, doing: `changes the software of ${this.#machine}` }, async () => {
      await this.#giveUp();
      try {
        await work();
      } catch (error) {
        const failure: Failure = { machine: this.#machine, at: Date.now() };
        writeWhole(this.#files.failure, JSON.stringify(failure));
        throw error;
      }
    });
  }

  async #giveUp(): Promise<void> {
    const failed = await this.#failed();
    if (failed === undefined) return;
    throw new Error(
      `${this.#machine} was not changed, because ${failed} failed (its error says why); mend that, then run \`pulumi up\` again`,
    );
  }

  /** The machine that failed, if one did since this one began. */
  async #failed(): Promise<string | undefined> {
    try {
      const { machine, at } = failureSchema.parse(JSON.parse(await readFile(this.#files.failure, "utf8")));
      return at >= this.#begun ? machine : undefined;
    } catch {
      // There is none; or an older one that a power cut has damaged, for these are written whole.
      return undefined;
    }
  }
}
