// What comes over the wire may be cut, damaged, or somebody else's: it is understood as it was meant, or refused.
import fc from "fast-check";
import {
  decode,
  encode,
  flag,
  hyper,
  int,
  list,
  optional,
  string,
  struct,
  unsigned,
  unsignedHyper,
  uuid,
} from "../../../../providers/libvirt/rpc/codec.ts";
import { encodePacket, PacketReader, type Packet } from "../../../../providers/libvirt/rpc/packet.ts";
import { domainXml } from "../../../../providers/libvirt/xml/domain.ts";
import { networkXml, readNetwork } from "../../../../providers/libvirt/xml/network.ts";
import { readDomain } from "../../../../providers/libvirt/xml/readDomain.ts";

const codec = struct({
  id: uuid,
  name: optional(string),
  count: int,
  flags: unsigned,
  on: flag,
  size: unsignedHyper,
  offset: hyper,
  parts: list(string),
});
const value = fc.record({
  id: fc.uuid(),
  name: fc.option(fc.string({ unit: "grapheme" }), { nil: undefined }),
  count: fc.integer(),
  flags: fc.nat(0xffffffff),
  on: fc.boolean(),
  size: fc.maxSafeNat(),
  offset: fc.maxSafeInteger(),
  parts: fc.array(fc.string({ unit: "grapheme" }), { maxLength: 5 }),
});

test("what is written in XDR is read as it was", () => {
  fc.assert(
    fc.property(value, (one) => {
      const bytes = encode(codec, one);
      expect(bytes.length % 4).toBe(0);
      expect(decode(codec, bytes)).toEqual(one);
    }),
  );
});

test("cut off anywhere or with more behind it, it is refused", () => {
  fc.assert(
    fc.property(
      value,
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      fc.uint8Array({ minLength: 1 }),
      (one, share, more) => {
        const bytes = encode(codec, one);
        expect(() => decode(codec, bytes.subarray(0, Math.floor(share * bytes.length)))).toThrow();
        expect(() => decode(codec, Buffer.concat([bytes, more]))).toThrow();
      },
    ),
  );
});

test("with a bit flipped it is another value or refused, and never takes more memory than was sent", () => {
  fc.assert(
    fc.property(value, fc.nat(), fc.nat(7), (one, at, bit) => {
      const bytes = Buffer.from(encode(codec, one));
      bytes[at % bytes.length]! ^= 1 << bit;
      try {
        const read = decode(codec, bytes);
        expect(read.parts.length).toBeLessThanOrEqual(bytes.length / 4);
        // Padding and the bits of a truth value have more than one form.
        expect(encode(codec, read).length).toBeLessThanOrEqual(bytes.length + 8);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
    }),
  );
});

const packet: fc.Arbitrary<Packet> = fc.record({
  program: fc.nat(0xffffffff),
  procedure: fc.integer(),
  type: fc.nat(3),
  serial: fc.nat(0xffffffff),
  status: fc.nat(2),
  body: fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)),
});

test("a stream of packets is put together at any cuts", () => {
  fc.assert(
    fc.property(fc.array(packet, { minLength: 1, maxLength: 5 }), fc.array(fc.nat(400)), (packets, cuts) => {
      const bytes = Buffer.concat(packets.map(encodePacket));
      const places = [...new Set([0, ...cuts.filter((cut) => cut < bytes.length), bytes.length])].sort((a, b) => a - b);
      const reader = new PacketReader();
      const read = places.slice(1).flatMap((end, i) => reader.push(bytes.subarray(places[i], end)));
      expect(read).toEqual(packets);
    }),
  );
});

test("bytes of something else are refused in words", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 4, maxLength: 200 }), (bytes) => {
      try {
        new PacketReader().push(Buffer.from(bytes));
      } catch (error) {
        expect(String(error)).toMatch(/the peer does not speak libvirt's protocol|version/);
      }
    }),
  );
});

/** Any text that XML can hold, markup above all. */
const marked = fc
  .array(fc.constantFrom("<", ">", "&", '"', "'", "]]>", "<!--", "&lt;", "a", "é", "/", "=", " b"), {
    minLength: 1,
    maxLength: 8,
  })
  .map((pieces) => `x${pieces.join("")}y`);

test("names with markup stay what they are in a machine's and a network's XML", () => {
  fc.assert(
    fc.property(marked, marked, (name, path) => {
      const machine = domainXml({
        ...{ type: "kvm", name, memoryMiB: 512, vcpus: 1, arch: "x86_64", machine: "q35" },
        ...{ description: path, disks: [], interfaces: [], consoles: [] },
      } as unknown as Parameters<typeof domainXml>[0]);
      expect(readDomain(machine)).toMatchObject({ name, description: path });
      const network = { name, mode: "nat", bridge: path, addresses: [], autostart: false } as unknown;
      const text = networkXml(network as Parameters<typeof networkXml>[0]);
      const uuid = "<uuid>01234567-89ab-cdef-0123-456789abcdef</uuid>";
      expect(readNetwork(text.replace("</network>", `${uuid}</network>`))).toMatchObject({ name, bridge: path });
    }),
  );
});
