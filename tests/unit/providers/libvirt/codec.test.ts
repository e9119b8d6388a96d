import {
  decode,
  encode,
  int,
  list,
  optional,
  string,
  struct,
  unsignedHyper,
  uuid,
} from "../../../../providers/libvirt/rpc/codec.ts";

describe("XDR", () => {
  test("strings are counted and padded to four bytes, in UTF-8", () => {
    expect(encode(string, "cloud").toString("hex")).toBe("00000005636c6f7564000000");
    expect(encode(string, "é").toString("hex")).toBe("00000002c3a90000");
    expect(decode(string, Buffer.from("00000005636c6f7564000000", "hex"))).toBe("cloud");
  });

  test("options, lists, hypers and UUIDs", () => {
    const codec = struct({ id: uuid, size: unsignedHyper, name: optional(string), ports: list(int) });
    const value = { id: "01234567-89ab-cdef-0123-456789abcdef", size: 2 ** 40 + 1, name: undefined, ports: [-1, 2] };
    const hex = "0123456789abcdef0123456789abcdef" + "0000010000000001" + "00000000" + "00000002ffffffff00000002";
    expect(encode(codec, value).toString("hex")).toBe(hex);
    expect(decode(codec, Buffer.from(hex, "hex"))).toEqual(value);
  });

  test("refuses what is cut off, left over or out of bounds", () => {
    expect(() => decode(int, Buffer.alloc(2))).toThrow();
    expect(() => decode(int, Buffer.alloc(8))).toThrow(/not entirely consumed/);
    expect(() => decode(string, Buffer.from("7fffffff", "hex"))).toThrow(/limit/);
    expect(() => encode(uuid, "nonsense")).toThrow('"nonsense" is not a UUID');
  });
});
