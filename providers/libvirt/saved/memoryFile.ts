import { ProviderError } from "../../kit/plain/errors.ts";

/**
 * What libvirt's QEMU driver writes when it saves a machine: a header, the machine's XML, a cookie of its own, and QEMU's
 * migration stream (struct _virQEMUSaveHeader of src/qemu/qemu_saveimage.h, version 2). libvirt starts no machine from it but
 * the one that the XML names: a copy for another machine has to begin with another header.
 */
const magic = "LibvirtQemudSave";
/** What a file begins with that was cut off while it was written. */
const partialMagic = "LibvirtQemudPart";
const headerBytes = 92;
const version = 2;
const runningWhenSaved = 1;
/** `compressed`: libvirt's save_image_format, of which only "raw" is read here. */
const uncompressed = 0;

/** Where QEMU's stream begins in the files here: room for any machine's XML, so that the rest is the same in all copies. */
export const streamOffset = 64 * 1024;

/** What stands before QEMU's stream. */
export interface SavedHeader {
  xml: string;
  /** libvirt's own XML of what the machine's processor came to; must go with the stream. */
  cookie: string;
  /** Byte at which QEMU's stream begins. */
  offset: number;
}

/** Reads the beginning of a file. @throws ProviderError where it is none of libvirt's, or one of a form not known here. */
export function readHeader(start: Buffer): SavedHeader {
  const found = start.toString("latin1", 0, magic.length);
  if (found === partialMagic) throw new ProviderError("the saved memory is incomplete: libvirt was cut off saving it");
  if (found !== magic || start.length < headerBytes)
    throw new ProviderError("this is no memory that libvirt has saved");
  const [form, dataBytes = 0, , compressed, cookieAt = 0] = [0, 4, 8, 12, 16].map((at) =>
    start.readUInt32LE(magic.length + at),
  );
  if (form !== version) throw new ProviderError(`libvirt saved memory in form ${form}; only form ${version} is known`);
  if (compressed !== uncompressed) {
    throw new ProviderError('the memory is compressed by libvirt; leave save_image_format of its qemu.conf at "raw"');
  }
  const offset = headerBytes + dataBytes;
  if (start.length < offset)
    throw new ProviderError(`the saved memory's header has ${offset} bytes, more than expected`);
  const data = start.subarray(headerBytes, offset);
  const [xml, cookie] =
    cookieAt === 0 ? [data, Buffer.alloc(0)] : [data.subarray(0, cookieAt), data.subarray(cookieAt)];
  return { xml: textOf(xml), cookie: textOf(cookie), offset };
}

/** What makes a stream the memory of this machine: `streamOffset` bytes. */
export function writeHeader(xml: string, cookie: string): Buffer {
  const header = Buffer.alloc(streamOffset);
  const body = Buffer.from(`${xml}\0`);
  const appendix = cookie === "" ? Buffer.alloc(0) : Buffer.from(`${cookie}\0`);
  if (headerBytes + body.length + appendix.length > streamOffset) {
    throw new ProviderError(`the machine's XML has ${body.length} bytes, too many for the header of its memory`);
  }
  header.write(magic, "latin1");
  const cookieAt = appendix.length === 0 ? 0 : streamOffset - headerBytes - appendix.length;
  [version, streamOffset - headerBytes, runningWhenSaved, uncompressed, cookieAt].forEach((value, index) => {
    header.writeUInt32LE(value, magic.length + 4 * index);
  });
  body.copy(header, headerBytes);
  appendix.copy(header, streamOffset - appendix.length);
  return header;
}

/** Up to the first zero byte, after which the room is padding. */
function textOf(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString("utf8", 0, end === -1 ? bytes.length : end);
}
