/** The part of @stellar/js-xdr that is used here; the package has no types of its own. */
declare module "@stellar/js-xdr" {
  export class XdrReader {
    constructor(source: Uint8Array);
    readonly eof: boolean;
    remainingBytes(): number;
    ensureInputConsumed(): void;
    readInt32BE(): number;
    readUInt32BE(): number;
    readBigInt64BE(): bigint;
    readBigUInt64BE(): bigint;
    read(size: number): Buffer;
  }
  export class XdrWriter {
    constructor(buffer?: number);
    finalize(): Buffer;
    write(value: Uint8Array | string, size: number): void;
    writeInt32BE(value: number): void;
    writeUInt32BE(value: number): void;
    writeBigInt64BE(value: bigint): void;
    writeBigUInt64BE(value: bigint): void;
  }
  const xdr: { XdrReader: typeof XdrReader; XdrWriter: typeof XdrWriter };
  export default xdr;
}
