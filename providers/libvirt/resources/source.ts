import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { messageOf, ProviderError } from "../../kit/plain/errors.ts";
import type { VolumeFormat } from "../xml/storage.ts";

/** A disk image in a file. */
export interface SourceFile {
  path: string;
  format: VolumeFormat;
  /** Bytes of the file: what is uploaded. */
  bytes: number;
  /** Bytes that a machine sees: more than that for qcow2. */
  capacity: number;
  /** When it last became what it is, whatever its time of modification says: ms since 1970. */
  changedMs: number;
}

/**
 * First bytes of a qcow2 file (docs/interop/qcow2.txt of QEMU): magic, version; at byte 8 where the name of its backing file
 * is, at byte 24 the virtual size, at byte 72, from version 3 on, features that who opens it has to know.
 */
const qcow2Magic = Buffer.from("QFI\xfb", "latin1");
const qcow2HeaderBytes = 32;
const featuresAt = 72;
/** Of the features: the data are in another file. */
const externalData = 4n;

/** What an upload takes: an absolute path, or a file:// URL. Undefined for anything else. */
export function sourcePath(source: string): string | undefined {
  if (source.startsWith("/")) return source;
  return source.startsWith("file:///") ? fileURLToPath(source) : undefined;
}

/** Looks at an image file. The errors say what is wrong with it. */
export async function inspectSource(source: string): Promise<SourceFile> {
  const path = sourcePath(source) ?? source;
  try {
    const { size, mtimeMs, ctimeMs } = await stat(path);
    const file = await open(path);
    try {
      const header = Buffer.alloc(featuresAt + 8);
      const { bytesRead } = await file.read(header, 0, header.length, 0);
      const isQcow2 = bytesRead >= qcow2HeaderBytes && header.subarray(0, 4).equals(qcow2Magic);
      if (isQcow2) refuseParts(path, header);
      return {
        path,
        format: isQcow2 ? "qcow2" : "raw",
        bytes: size,
        capacity: isQcow2 ? Number(header.readBigUInt64BE(24)) : size,
        changedMs: Math.max(mtimeMs, ctimeMs),
      };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof ProviderError) throw error;
    throw new ProviderError(`source: can't read ${path}: ${messageOf(error)}`);
  }
}

/** What is uploaded is one file: an image that is of no use without another one is refused. */
function refuseParts(path: string, header: Buffer): void {
  const version = header.readUInt32BE(4);
  const overlay = header.readBigUInt64BE(8) !== 0n;
  const split = version >= 3 && (header.readBigUInt64BE(featuresAt) & externalData) !== 0n;
  if (!overlay && !split) return;
  throw new ProviderError(
    `source: ${path} is ${overlay ? "an overlay of another image" : "an image whose data are in another file"}, which would be ` +
      `missing on the host; make one image of both: qemu-img convert -O qcow2 ${path} whole.qcow2`,
  );
}

/** The file's content in pieces, from a byte on. */
export function readSource(file: SourceFile, start = 0): AsyncIterable<Buffer> {
  return createReadStream(file.path, { start, highWaterMark: 1024 * 1024 });
}
