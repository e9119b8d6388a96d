import xdr from "@stellar/js-xdr";
import type { XdrReader, XdrWriter } from "@stellar/js-xdr";

/** How a type is written in XDR (RFC 4506). js-xdr does the bytes and the padding; this gives them TypeScript types. */
export interface Codec<T> {
  read(reader: XdrReader): T;
  write(writer: XdrWriter, value: T): void;
}

/** Upper bounds of remote_protocol.x, so that a corrupt length can't make us allocate without end. */
const maxStringBytes = 4 * 1024 * 1024;
const maxListLength = 16384;

export function encode<T>(codec: Codec<T>, value: T): Buffer {
  const writer = new xdr.XdrWriter();
  codec.write(writer, value);
  return writer.finalize();
}

export function decode<T>(codec: Codec<T>, bytes: Buffer): T {
  const reader = new xdr.XdrReader(bytes);
  const value = codec.read(reader);
  reader.ensureInputConsumed();
  return value;
}

export const none: Codec<undefined> = { read: () => undefined, write: () => undefined };

export const int: Codec<number> = {
  read: (reader) => reader.readInt32BE(),
  write: (writer, value) => {
    writer.writeInt32BE(value);
  },
};

export const unsigned: Codec<number> = {
  read: (reader) => reader.readUInt32BE(),
  write: (writer, value) => {
    writer.writeUInt32BE(value);
  },
};

/** C's int used as a truth value. */
export const flag: Codec<boolean> = {
  read: (reader) => reader.readInt32BE() !== 0,
  write: (writer, value) => {
    writer.writeInt32BE(value ? 1 : 0);
  },
};

/** 64 bits, as a number: what libvirt counts in them (bytes, versions, nanoseconds) stays below 2^53. */
export const unsignedHyper: Codec<number> = {
  read: (reader) => Number(reader.readBigUInt64BE()),
  write: (writer, value) => {
    writer.writeBigUInt64BE(BigInt(value));
  },
};

export const hyper: Codec<number> = {
  read: (reader) => Number(reader.readBigInt64BE()),
  write: (writer, value) => {
    writer.writeBigInt64BE(BigInt(value));
  },
};

function boundedLength(size: number): number {
  if (size > maxStringBytes) throw new Error(`a string of ${size} bytes in a message; the limit is ${maxStringBytes}`);
  return size;
}

export const string: Codec<string> = {
  read: (reader) => reader.read(boundedLength(reader.readUInt32BE())).toString("utf8"),
  write: (writer, value) => {
    const bytes = Buffer.from(value, "utf8");
    if (bytes.length > maxStringBytes) {
      throw new Error(`a string of ${bytes.length} bytes does not fit a message; the limit is ${maxStringBytes}`);
    }
    writer.writeUInt32BE(bytes.length);
    writer.write(bytes, bytes.length);
  },
};

/** 16 bytes, in the usual notation. */
export const uuid: Codec<string> = {
  read: (reader) => {
    const hex = reader.read(16).toString("hex");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  },
  write: (writer, value) => {
    const bytes = Buffer.from(value.replaceAll("-", ""), "hex");
    if (bytes.length !== 16) throw new Error(`"${value}" is not a UUID`);
    writer.write(bytes, 16);
  },
};

export function optional<T>(codec: Codec<T>): Codec<T | undefined> {
  return {
    read: (reader) => (reader.readUInt32BE() === 0 ? undefined : codec.read(reader)),
    write: (writer, value) => {
      writer.writeUInt32BE(value === undefined ? 0 : 1);
      if (value !== undefined) codec.write(writer, value);
    },
  };
}

export function list<T>(codec: Codec<T>): Codec<T[]> {
  return {
    read: (reader) => {
      const length = reader.readUInt32BE();
      if (length > maxListLength) throw new Error(`a list of ${length} in a message; the limit is ${maxListLength}`);
      return Array.from({ length }, () => codec.read(reader));
    },
    write: (writer, value) => {
      writer.writeUInt32BE(value.length);
      for (const item of value) codec.write(writer, item);
    },
  };
}

/** So many characters of C's `char[n]`, each in four bytes of its own; zeros at the end are left out. */
export function characters(count: number): Codec<string> {
  return {
    read: (reader) => {
      const codes = Array.from({ length: count }, () => reader.readInt32BE());
      return String.fromCharCode(...codes.filter((code) => code !== 0));
    },
    write: (writer, value) => {
      for (let index = 0; index < count; index += 1) writer.writeInt32BE(value.charCodeAt(index) || 0);
    },
  };
}

/** A list of bytes, such as a bitmap. */
export const opaque: Codec<Buffer> = {
  read: (reader) => reader.read(boundedLength(reader.readUInt32BE())),
  write: (writer, value) => {
    writer.writeUInt32BE(value.length);
    writer.write(value, value.length);
  },
};

/** A parameter of libvirt's that carries its own type (virTypedParameter); only its 64-bit numbers are used here. */
export interface TypedParameter {
  name: string;
  type: "signed" | "unsigned";
  value: number;
}

/** virTypedParameterType. */
const parameterTypes = { signed: 3, unsigned: 4 } as const;

export const typedParameter: Codec<TypedParameter> = {
  read: () => {
    throw new Error("typed parameters are only sent");
  },
  write: (writer, { name, type, value }) => {
    string.write(writer, name);
    writer.writeInt32BE(parameterTypes[type]);
    (type === "signed" ? hyper : unsignedHyper).write(writer, value);
  },
};

/** Fields in the order in which they are written. */
export function struct<T extends object>(fields: { [K in keyof T]: Codec<T[K]> }): Codec<T> {
  const names = Object.keys(fields) as (keyof T)[];
  return {
    read: (reader) => {
      const value = {} as T;
      for (const name of names) value[name] = fields[name].read(reader);
      return value;
    },
    write: (writer, value) => {
      for (const name of names) fields[name].write(writer, value[name]);
    },
  };
}
