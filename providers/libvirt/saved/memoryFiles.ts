import { createReadStream } from "node:fs";
import { mkdtemp, open, rm, type FileHandle } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createZstdDecompress } from "node:zlib";
import { Semaphore } from "../rpc/semaphore.ts";
import { streamOffset } from "./memoryFile.ts";
import { passing, type Saved } from "./store.ts";

const mebibyte = 1024 * 1024;

/** Saved machines that copies are starting from right now, by what they are. */
const inUse = new Map<string, MemoryFiles>();

/**
 * Puts the memory into a file for one machine, which is its alone until `use` is done. Machines that start from the same memory
 * get the same few files, one after the other: libvirt reads only the beginning as that machine's, and only when it begins.
 *
 * @param header what makes it that machine's: `streamOffset` bytes.
 */
export async function withMemory(saved: Saved, header: Buffer, use: (path: string) => Promise<void>): Promise<void> {
  const key = `${saved.directory} ${saved.memory.sha256}`;
  const files = inUse.get(key) ?? new MemoryFiles(saved.directory);
  inUse.set(key, files);
  files.users += 1;
  try {
    await files.turn(header, use);
  } finally {
    files.users -= 1;
    if (files.users === 0) {
      inUse.delete(key);
      await files.remove();
    }
  }
}

/** One saved machine's memory, unpacked as often as machines can start at once. */
class MemoryFiles {
  users = 0;
  readonly #saved: string;
  readonly #work: Promise<string>;
  // Each start keeps a core busy: more at once would only take more room.
  readonly #turns = new Semaphore(availableParallelism());
  readonly #free: MemoryFile[] = [];
  readonly #all: FileHandle[] = [];
  #made = 0;

  constructor(saved: string) {
    this.#saved = saved;
    this.#work = mkdtemp(`${saved}${passing}`);
  }

  turn(header: Buffer, use: (path: string) => Promise<void>): Promise<void> {
    return this.#turns.run(async () => {
      const file = this.#free.pop() ?? (await this.#unpack());
      await file.handle.write(header, 0, header.length, 0);
      await use(file.path);
      this.#free.push(file);
    });
  }

  async remove(): Promise<void> {
    await Promise.all(this.#all.map((handle) => handle.close()));
    await rm(await this.#work, { recursive: true, force: true });
  }

  async #unpack(): Promise<MemoryFile> {
    const path = join(await this.#work, `memory-${this.#made++}`);
    // It stays open: a libvirt that is another user's may take the file for its own.
    const handle = await open(path, "wx", 0o600);
    this.#all.push(handle);
    await pipeline(
      createReadStream(join(this.#saved, "memory.zst"), { highWaterMark: mebibyte }),
      createZstdDecompress({ chunkSize: mebibyte }),
      async (pieces: AsyncIterable<Buffer>) => {
        let at = streamOffset;
        for await (const piece of pieces) {
          await handle.write(piece, 0, piece.length, at);
          at += piece.length;
        }
      },
    );
    return { path, handle };
  }
}

interface MemoryFile {
  path: string;
  handle: FileHandle;
}
