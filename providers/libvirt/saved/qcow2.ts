import { ProviderError } from "../../kit/plain/errors.ts";

/** Where a qcow2 file's header says what it is (docs/interop/qcow2.txt of QEMU). */
const fields = { backingOffset: 8, backingSize: 16, clusterBits: 20, l1Size: 36, l1Offset: 40, end: 48 } as const;
const l1EntryBytes = 8;
/** The format's own limit. */
const longestName = 1023;

/** Enough of a file for its header and, where QEMU puts it, the first table of a disk of 4 TiB. */
export const startBytes = 512 * 1024;

/**
 * Names the file that an overlay lies over anew, in place: the name is the last in the header's cluster, so a longer one fits.
 *
 * @param start the beginning of the file, one cluster at least.
 * @throws ProviderError where it is no overlay, or the name is too long.
 */
export function renameBacking(start: Buffer, name: string): void {
  const bytes = Buffer.from(name);
  const offset = start.length < fields.end ? 0 : Number(start.readBigUInt64BE(fields.backingOffset));
  if (offset === 0) throw new ProviderError("it is no overlay of another image");
  const room = Math.min(2 ** start.readUInt32BE(fields.clusterBits), start.length) - offset;
  if (bytes.length > Math.min(room, longestName)) {
    throw new ProviderError(`its header has no room for the name of the image below it, ${name}`);
  }
  bytes.copy(start, offset);
  start.writeUInt32BE(bytes.length, fields.backingSize);
}

/**
 * Whether nothing has ever been written into an overlay: its table of tables is empty.
 *
 * @param start its first {@link startBytes}, or all of it.
 */
export function isUntouched(start: Buffer): boolean {
  if (start.length < fields.end) return false;
  const entries = start.readUInt32BE(fields.l1Size);
  const offset = Number(start.readBigUInt64BE(fields.l1Offset));
  const table = start.subarray(offset, offset + entries * l1EntryBytes);
  return table.length === entries * l1EntryBytes && table.every((byte) => byte === 0);
}
