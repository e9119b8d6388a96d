import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { stackFileName } from "../../local/stateDirectory.ts";
import { entrySchema, type Entry } from "./entry.ts";

/** What a journal begins with. */
const headerSchema = z.object({
  /** SHA-256 of the state's file that the update began with: the entries mean nothing on top of another one. */
  base: z.string(),
  /** Version of the engine, "3.274.1". */
  engine: z.string(),
  /** When the update began. */
  began: z.iso.datetime(),
});

export type Header = z.infer<typeof headerSchema>;

/** @param folder of the engine's file backend. */
export const journalOf = (folder: string, stack: string): string =>
  join(folder, ".pulumi/strata-journals", `${stackFileName(stack)}.jsonl`);

export const hashOf = (state: string): string => createHash("sha256").update(state).digest("hex");

/** A journal that is being written: a header, then an entry a line. */
export class JournalWriter {
  readonly #file: FileHandle;
  #last: Promise<unknown> = Promise.resolve();
  readonly #written = new Set<number>();
  #bytes = 0;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** @throws where there is one already, which its own update has to be finished by first. */
  static async create(path: string, header: Header): Promise<JournalWriter> {
    const file = await open(path, "ax", 0o600);
    const writer = new JournalWriter(file);
    await writer.#write(`${JSON.stringify(header)}\n`);
    return writer;
  }

  /**
   * Resolves once the entries are on the disk. The engine numbers them, though it does not send them in that order, and sends
   * some again when it got no answer: those are there already.
   */
  add(entries: readonly Entry[]): Promise<void> {
    const written = this.#last.then(async () => {
      const fresh = entries.filter(({ sequenceID }) => !this.#written.has(sequenceID));
      await this.#write(fresh.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
      for (const { sequenceID } of fresh) this.#written.add(sequenceID);
    });
    this.#last = written.catch(() => undefined);
    return written;
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#file.close();
  }

  /** What could be written in part only, as on a full disk, must not stand between what is written before and after it. */
  async #write(text: string): Promise<void> {
    try {
      await this.#file.appendFile(text);
      await this.#file.datasync();
      this.#bytes += Buffer.byteLength(text);
    } catch (error) {
      await this.#file.truncate(this.#bytes);
      throw error;
    }
  }
}

/**
 * A journal as it stands on the disk; undefined where there is none. A line that can't be read, or has no end, was being written
 * when all was killed, and the engine had got no answer for it: the journal ends before it.
 */
export function readJournal(path: string): { header: Header; entries: Entry[] } | undefined {
  if (!existsSync(path)) return undefined;
  const [first, ...rest] = readFileSync(path, "utf8").split("\n").slice(0, -1);
  const header = read(headerSchema, first);
  if (header === undefined) return undefined;
  const entries: Entry[] = [];
  for (const line of rest) {
    const entry = read(entrySchema, line);
    if (entry === undefined) break;
    entries.push(entry);
  }
  return { header, entries };
}

function read<T>(schema: z.ZodType<T>, line: string | undefined): T | undefined {
  try {
    return schema.parse(JSON.parse(line ?? ""));
  } catch {
    return undefined;
  }
}
