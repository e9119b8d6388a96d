import { createHash } from "node:crypto";
import type { Operation } from "../../kit/crud.ts";
import { messageOf, ProviderError } from "../../kit/plain/errors.ts";
import type { RemoteHost } from "../../kit/plain/remoteHost.ts";
import { runOnHost } from "../../kit/plain/remoteShell.ts";
import { quoted } from "../../kit/plain/shellWord.ts";
import type { Libvirt } from "../rpc/libvirt.ts";
import { volumes, type VolumeRef } from "../rpc/procedures.ts";
import { volumeFacts } from "./volumes.ts";

/** Bytes that have one checksum: what is sent again at most where an upload was cut off. */
export const pieceBytes = 8 * 2 ** 20;

/** A host that reads no more than this from its disk is faulty, bytes per second; and what it may take beside that. */
const slowestDisk = 10e6;
const limitBaseMs = 60_000;

/** The SHA-256 of each piece of the content, in their order. */
export async function checksums(content: AsyncIterable<Buffer>): Promise<string[]> {
  const sums: string[] = [];
  const pieces = new Pieces((sum) => sums.push(sum));
  for await (const chunk of content) pieces.add(chunk);
  pieces.end();
  return sums;
}

/**
 * How many bytes of a volume, from its start on, are those of the content with these checksums: whole pieces, or all of
 * them. The host of a daemon that ssh reaches counts them itself; where it won't (its user is not root and has no sudo),
 * and on this machine, they are read through libvirt, as far as they are right.
 *
 * @param bytes those of the content.
 */
export async function matchingBytes(
  { context, log, signal }: Operation<Libvirt>,
  volume: VolumeRef,
  bytes: number,
  sums: readonly string[],
): Promise<number> {
  if (context.isTest) return bytes;
  let matching = 0;
  const compare = (sum: string): boolean => sum === sums[matching] && ++matching < sums.length;
  const counted =
    context.remote &&
    (await countedThere(context.remote, (await volumeFacts(context, volume)).path, bytes, signal).catch(
      (error: unknown) => {
        if (!(error instanceof ProviderError)) throw error;
        log("info", `volume "${volume.name}" is read back to check it, since ${messageOf(error)}`);
        return undefined;
      },
    ));
  if (counted) counted.every(compare);
  else await readBack(context, volume, bytes, compare);
  return Math.min(matching * pieceBytes, bytes);
}

/** The checksums of a file on another host, which only root can read there. */
async function countedThere(remote: RemoteHost, path: string, bytes: number, signal: AbortSignal): Promise<string[]> {
  const script = `exec <${quoted(path)} || exit 1\nhead -c ${bytes} | split -b ${pieceBytes} --filter=sha256sum\n`;
  const limitMs = limitBaseMs + Math.ceil((bytes / slowestDisk) * 1000);
  const printed = await runOnHost(remote, script, { limitMs, signal, asRoot: true });
  return printed.split("\n").flatMap((line) => /^[0-9a-f]{64}/.exec(line)?.[0] ?? []);
}

async function readBack(
  context: Libvirt,
  volume: VolumeRef,
  bytes: number,
  compare: (sum: string) => boolean,
): Promise<void> {
  let wanted = true;
  const pieces = new Pieces((sum) => (wanted &&= compare(sum)));
  let left = bytes;
  await context.receive(volumes.download, { volume, offset: 0, length: 0, flags: 0 }, (chunk) => {
    pieces.add(chunk.subarray(0, left));
    left -= Math.min(chunk.length, left);
    return wanted && left > 0;
  });
  pieces.end();
}

/** Cuts content into pieces, however it comes, and tells the checksum of each. */
class Pieces {
  readonly #tell: (sum: string) => void;
  #hash = createHash("sha256");
  #bytes = 0;

  constructor(tell: (sum: string) => void) {
    this.#tell = tell;
  }

  add(chunk: Buffer): void {
    for (let at = 0; at < chunk.length;) {
      const part = chunk.subarray(at, at + pieceBytes - this.#bytes);
      this.#hash.update(part);
      this.#bytes += part.length;
      at += part.length;
      if (this.#bytes === pieceBytes) this.end();
    }
  }

  end(): void {
    if (this.#bytes === 0) return;
    this.#tell(this.#hash.digest("hex"));
    this.#hash = createHash("sha256");
    this.#bytes = 0;
  }
}
