import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { messageOf, ProviderError } from "../../kit/errors.ts";
import type { VolumeFormat } from "../xml/storage.ts";

/** A disk image in a file. */
export interface SourceFile {
  path: string;
  format: VolumeFormat;
  /** Bytes of the file: what is uploaded. */
  bytes: number;
  /** Bytes that a machine sees: more than that for qcow2. */
  capacity: number;
}

/** First bytes of a qcow2 file (docs/interop/qcow2.txt of QEMU): magic, then at byte 24 the virtual size. */
const qcow2Magic = Buffer.from("QFI\xfb", "latin1");
const qcow2HeaderBytes = 32;

/** What an upload takes: an absolute path, or a file:// URL. Undefined for anything else. */
export function sourcePath(source: string): string | undefined {
  if (source.startsWith("/")) return source;
  return source.startsWith("file:///") ? fileURLToPath(source) : undefined;
}

/** Looks at an image file. The errors say what is wrong with it. */
export async function inspectSource(source: string): Promise<SourceFile> {
  const path = sourcePath(source) ?? source;
  try {
    const { size } = await stat(path);
    const file = await open(path);
    try {
      const header = Buffer.alloc(qcow2HeaderBytes);
      const { bytesRead } = await file.read(header, 0, qcow2HeaderBytes, 0);
      const isQcow2 = bytesRead === qcow2HeaderBytes && header.subarray(0, 4).equals(qcow2Magic);
      return {
        path,
        format: isQcow2 ? "qcow2" : "raw",
        bytes: size,
        capacity: isQcow2 ? Number(header.readBigUInt64BE(24)) : size,
      };
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new ProviderError(`source: can't read ${path}: ${messageOf(error)}`);
  }
}

/** The file's content in pieces, from a byte on. */
export function readSource(file: SourceFile, start = 0): AsyncIterable<Buffer> {
  return createReadStream(file.path, { start, highWaterMark: 1024 * 1024 });
}
