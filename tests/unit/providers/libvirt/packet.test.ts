import {
  encodePacket,
  PacketReader,
  packetTypes,
  programs,
  statuses,
  type Packet,
} from "../../../../providers/libvirt/rpc/packet.ts";

describe("packets", () => {
  const packet: Packet = {
    program: programs.remote,
    procedure: 1,
    type: packetTypes.call,
    serial: 7,
    status: statuses.ok,
    body: Buffer.from([1, 2, 3, 4]),
  };

  test("the header as libvirt writes it", () => {
    const header = "00000020" + "20008086" + "00000001" + "00000001" + "00000000" + "00000007" + "00000000";
    expect(encodePacket(packet).toString("hex")).toBe(`${header}01020304`);
  });

  test("a stream of packets is put together however it is cut", () => {
    const bytes = Buffer.concat([1, 2, 3].map((serial) => encodePacket({ ...packet, serial })));
    for (const size of [1, 3, 31, 32, 33, bytes.length]) {
      const reader = new PacketReader();
      const packets: Packet[] = [];
      for (let at = 0; at < bytes.length; at += size) packets.push(...reader.push(bytes.subarray(at, at + size)));
      expect(packets).toEqual([1, 2, 3].map((serial) => ({ ...packet, serial })));
    }
  });

  test("a peer that speaks something else is refused", () => {
    expect(() => new PacketReader().push(Buffer.from("HTTP/1.1 400 Bad Request"))).toThrow(
      "the peer does not speak libvirt's protocol: a message of 1213486160 bytes",
    );
  });
});
