import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, openSync, writeSync, closeSync, constants as modes } from "node:fs";
import {
  chmod,
  chown,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { constants, createZstdCompress } from "node:zlib";
import { z } from "zod";

const file = z.strictObject({
  /** SHA-256 of the file as it is kept. */
  sha256: z.string(),
  bytes: z.int(),
});

const record = z.strictObject({
  form: z.literal(1),
  fingerprint: z.strictObject({ qemu: z.string(), libvirt: z.string(), processor: z.string(), shape: z.string() }),
  /** libvirt's cookie, which has to go with the memory. */
  cookie: z.string(),
  /** QEMU's stream, compressed, and its bytes before that. */
  memory: file.extend({ streamBytes: z.int() }),
  disk: file,
});

export type Record = z.infer<typeof record>;

/** A saved machine in files of this machine: `memory.zst`, `disk.qcow2`, `saved.json`. */
export interface Saved extends Record {
  directory: string;
}

/** What the names of directories have after an entry's that are there for a moment. */
export const passing = ".passing-";
/** No machine takes so long to be saved or started. */
const staleMs = 24 * 60 * 60 * 1000;
const mebibyte = 1024 * 1024;

/** zstd's fastest level: 130 MB of memory in half a second, to a third. */
const level = 1;

/**
 * Reads what is kept in a directory, and computes the checksums anew.
 *
 * @returns what is kept; a sentence where it can't be used; undefined where there is nothing.
 */
export async function readSaved(directory: string): Promise<Saved | string | undefined> {
  let text: string;
  try {
    text = await readFile(join(directory, "saved.json"), "utf8");
  } catch {
    return undefined;
  }
  const parsed = record.safeParse(json(text));
  if (!parsed.success) return "its record (saved.json) is none that this version understands";
  for (const [name, { sha256, bytes }] of [
    ["memory.zst", parsed.data.memory],
    ["disk.qcow2", parsed.data.disk],
  ] as const) {
    const path = join(directory, name);
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) return `${name} is missing`;
    if (found.size !== bytes || (await sha256Of(path)) !== sha256) return `${name} is not what was saved (its SHA-256)`;
  }
  // The store's cleaner goes by when it was used last.
  const now = new Date();
  await utimes(join(directory, "saved.json"), now, now).catch(() => undefined);
  return { ...parsed.data, directory };
}

/** Where the parts of a machine that is being saved are put; `keep` makes them an entry, all at once. */
export interface Draft {
  /** Appends to a file; at once, so that nothing piles up in memory. */
  write: (name: "memory" | "disk.qcow2", piece: Buffer) => void;
  /** @param memory where QEMU's stream is, if not written here: from that byte of that file on, which stays. */
  keep: (rest: Pick<Record, "fingerprint" | "cookie">, memory?: { path: string; start: number }) => Promise<Saved>;
  /** Takes a file of this machine as the disk. */
  copyDisk: (path: string) => Promise<void>;
  drop: () => Promise<void>;
}

export async function draft(directory: string): Promise<Draft> {
  await mkdir(dirname(directory), { recursive: true, mode: 0o700 });
  const work = await mkdtemp(`${directory}${passing}`);
  const open = new Map<string, number>();
  const close = (): void => {
    for (const fd of open.values()) closeSync(fd);
    open.clear();
  };
  const drop = async (): Promise<void> => {
    close();
    await rm(work, { recursive: true, force: true });
  };
  return {
    write: (name, piece) => {
      const fd = open.get(name) ?? openSync(join(work, name), "wx", 0o600);
      open.set(name, fd);
      writeSync(fd, piece);
    },
    drop,
    copyDisk: async (path) => {
      const disk = join(work, "disk.qcow2");
      await copyFile(path, disk, modes.COPYFILE_FICLONE);
      // The copy is the emulator's as well.
      await chown(disk, process.geteuid?.() ?? 0, process.getegid?.() ?? 0);
      await chmod(disk, 0o600);
    },
    keep: async ({ fingerprint, cookie }, memory) => {
      close();
      const { path, start } = memory ?? { path: join(work, "memory"), start: 0 };
      const streamBytes = (await stat(path)).size - start;
      const compress = createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: level } });
      await pipeline(
        createReadStream(path, { start, highWaterMark: mebibyte }),
        compress,
        createWriteStream(join(work, "memory.zst"), { mode: 0o600 }),
      );
      await rm(join(work, "memory"), { force: true });
      const kept: Record = {
        form: 1,
        fingerprint,
        cookie,
        memory: { ...(await fileOf(join(work, "memory.zst"))), streamBytes },
        disk: await fileOf(join(work, "disk.qcow2")),
      };
      await writeFile(join(work, "saved.json"), JSON.stringify(kept, null, 2), { mode: 0o600 });
      // What stands there can't be used, or another run was faster: then its files are as good.
      await rm(directory, { recursive: true, force: true });
      await rename(work, directory).catch(drop);
      return { ...kept, directory };
    },
  };
}

/** The disk as it was when the memory was saved: an overlay. */
export function diskStream({ directory }: Saved): AsyncIterable<Buffer> {
  return createReadStream(join(directory, "disk.qcow2"), { highWaterMark: mebibyte });
}

/** Removes what killed runs left beside an entry. */
export async function removeStale(directory: string): Promise<void> {
  const before = Date.now() - staleMs;
  for (const name of await readdir(dirname(directory)).catch(() => [])) {
    if (!name.startsWith(`${basename(directory)}${passing}`)) continue;
    const path = join(dirname(directory), name);
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && found.mtimeMs < before) await rm(path, { recursive: true, force: true });
  }
}

async function fileOf(path: string): Promise<z.infer<typeof file>> {
  return { sha256: await sha256Of(path), bytes: (await stat(path)).size };
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path, { highWaterMark: mebibyte }), hash);
  return hash.digest("hex");
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
