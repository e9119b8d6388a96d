import { closeSync, openSync, readSync } from "node:fs";

/** A file inside a tar: where its content begins, and its length. */
export interface Member {
  offset: number;
  bytes: number;
}

const blockBytes = 512;

/**
 * Regular files of a tar as Strata writes them (GNU format, names of less than 100 characters), by name without "./".
 *
 * @throws Error when the file is no tar or ends early.
 */
export function indexTar(file: string): Map<string, Member> {
  const members = new Map<string, Member>();
  const header = Buffer.alloc(blockBytes);
  const descriptor = openSync(file, "r");
  try {
    for (let offset = 0; ;) {
      if (readSync(descriptor, header, 0, blockBytes, offset) < blockBytes)
        throw new Error(`${file}: the tar ends early`);
      if (header[0] === 0) return members;
      const bytes = sizeOf(header);
      if (header.toString("latin1", 257, 262) !== "ustar" || Number.isNaN(bytes)) throw new Error(`${file}: no tar`);
      offset += blockBytes;
      if (header[156] === 0x30 || header[156] === 0) members.set(nameOf(header), { offset, bytes });
      offset += Math.ceil(bytes / blockBytes) * blockBytes;
    }
  } finally {
    closeSync(descriptor);
  }
}

function nameOf(header: Buffer): string {
  const end = header.indexOf(0);
  return header.toString("utf8", 0, Math.min(end, 100)).replace(/^\.\//, "");
}

/** Octal digits, or, from 8 GiB on, a number in base 256. */
function sizeOf(header: Buffer): number {
  if (((header[124] ?? 0) & 0x80) !== 0) return Number(header.readBigUInt64BE(128));
  return parseInt(header.toString("latin1", 124, 136), 8);
}

/** The content of a member. */
export function readMember(file: string, { offset, bytes }: Member): Buffer {
  const content = Buffer.alloc(bytes);
  const descriptor = openSync(file, "r");
  try {
    if (readSync(descriptor, content, 0, bytes, offset) < bytes) throw new Error(`${file}: the tar ends early`);
    return content;
  } finally {
    closeSync(descriptor);
  }
}
