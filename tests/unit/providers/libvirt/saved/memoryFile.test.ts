import fc from "fast-check";
import { readHeader, streamOffset, writeHeader } from "../../../../../providers/libvirt/saved/memoryFile.ts";

test("a header that is written is read again, whatever the XML and the cookie are", () => {
  const text = fc.string({ maxLength: 4000 }).map((value) => value.replaceAll("\0", ""));
  fc.assert(
    fc.property(text, text, (xml, cookie) => {
      const header = writeHeader(xml, cookie);
      expect(header.length).toBe(streamOffset);
      expect(readHeader(Buffer.concat([header, Buffer.from("QEVM")]))).toEqual({ xml, cookie, offset: streamOffset });
    }),
  );
});

/** As libvirt 9 lays it out: the XML, room to edit it, the cookie. */
function byLibvirt({
  magic = "LibvirtQemudSave",
  version = 2,
  compressed = 0,
  xml = "<domain/>",
  cookie = "",
} = {}): Buffer {
  const room = 32;
  const body = Buffer.concat([
    Buffer.from(`${xml}\0`),
    Buffer.alloc(room),
    Buffer.from(cookie === "" ? "" : `${cookie}\0`),
  ]);
  const header = Buffer.alloc(92);
  header.write(magic);
  const cookieAt = cookie === "" ? 0 : xml.length + 1 + room;
  [version, body.length, 1, compressed, cookieAt].forEach((value, index) =>
    header.writeUInt32LE(value, 16 + 4 * index),
  );
  return Buffer.concat([header, body, Buffer.from("QEVM")]);
}

test("QEMU's stream begins where libvirt's header says", () => {
  const file = byLibvirt({ xml: "<domain>a</domain>", cookie: "<cookie/>" });
  const { xml, cookie, offset } = readHeader(file);
  expect({ xml, cookie }).toEqual({ xml: "<domain>a</domain>", cookie: "<cookie/>" });
  expect(file.toString("latin1", offset)).toBe("QEVM");
  expect(readHeader(byLibvirt()).cookie).toBe("");
});

test.each([
  [byLibvirt({ magic: "LibvirtQemudPart" }), /incomplete/],
  [byLibvirt({ magic: "something else!!" }), /no memory that libvirt has saved/],
  [Buffer.from("LibvirtQemudSave"), /no memory that libvirt has saved/],
  [byLibvirt({ version: 3 }), /form 3; only form 2/],
  [byLibvirt({ compressed: 2 }), /leave save_image_format of its qemu.conf at "raw"/],
  [byLibvirt().subarray(0, 100), /header has \d+ bytes, more than expected/],
])("what can't be used is refused by what is wrong with it (%#)", (start, message) => {
  expect(() => readHeader(start)).toThrow(message);
});

test("XML that does not fit is refused", () => {
  expect(() => writeHeader("x".repeat(streamOffset), "")).toThrow(/too many for the header/);
});
