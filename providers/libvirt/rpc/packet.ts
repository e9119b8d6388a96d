/**
 * Frames of libvirt's RPC (src/rpc/virnetprotocol.x): u32 length, itself included, then program, version, procedure,
 * type, serial and status (u32 each, the type and status enums, the procedure signed), then the body.
 */
export const programs = {
  /** REMOTE_PROGRAM: libvirt's API. */
  remote: 0x20008086,
  /** KEEPALIVE_PROGRAM: "keep". */
  keepalive: 0x6b656570,
} as const;

export const packetTypes = { call: 0, reply: 1, event: 2, stream: 3 } as const;
export const statuses = { ok: 0, error: 1, more: 2 } as const;
export const keepaliveProcedures = { ping: 1, pong: 2 } as const;

/** Largest frame that a daemon sends (VIR_NET_MESSAGE_MAX, 32 MiB, and its length). */
const maxFrameBytes = 32 * 1024 * 1024 + 4;
const headerBytes = 28;

/** What fits one stream packet with daemons old and new (VIR_NET_MESSAGE_LEGACY_PAYLOAD_MAX). */
export const maxStreamBytes = 262_120;

export interface Packet {
  program: number;
  procedure: number;
  type: number;
  serial: number;
  status: number;
  body: Buffer;
}

export function encodePacket(packet: Packet): Buffer {
  const frame = Buffer.allocUnsafe(headerBytes + packet.body.length);
  frame.writeUInt32BE(frame.length, 0);
  frame.writeUInt32BE(packet.program, 4);
  frame.writeUInt32BE(1, 8);
  frame.writeInt32BE(packet.procedure, 12);
  frame.writeInt32BE(packet.type, 16);
  frame.writeUInt32BE(packet.serial, 20);
  frame.writeInt32BE(packet.status, 24);
  packet.body.copy(frame, headerBytes);
  return frame;
}

/** Cuts a byte stream into packets, wherever the network has cut it. */
export class PacketReader {
  #pending: Buffer[] = [];
  #bytes = 0;

  /** The packets completed by this piece. Throws if the peer does not speak this protocol. */
  push(piece: Buffer): Packet[] {
    this.#pending.push(piece);
    this.#bytes += piece.length;
    const packets: Packet[] = [];
    for (
      let length = this.#frameLength();
      length !== undefined && this.#bytes >= length;
      length = this.#frameLength()
    ) {
      const all = this.#join();
      packets.push(decodePacket(all.subarray(0, length)));
      this.#pending = all.length > length ? [all.subarray(length)] : [];
      this.#bytes -= length;
    }
    return packets;
  }

  #frameLength(): number | undefined {
    if (this.#bytes < 4) return undefined;
    const [first] = this.#pending;
    const length = (first !== undefined && first.length >= 4 ? first : this.#join()).readUInt32BE(0);
    if (length < headerBytes || length > maxFrameBytes) {
      throw new Error(`the peer does not speak libvirt's protocol: a message of ${length} bytes`);
    }
    return length;
  }

  #join(): Buffer {
    const all = this.#pending.length === 1 && this.#pending[0] ? this.#pending[0] : Buffer.concat(this.#pending);
    this.#pending = [all];
    return all;
  }
}

function decodePacket(frame: Buffer): Packet {
  return {
    program: frame.readUInt32BE(4),
    procedure: frame.readInt32BE(12),
    type: frame.readInt32BE(16),
    serial: frame.readUInt32BE(20),
    status: frame.readInt32BE(24),
    body: frame.subarray(headerBytes),
  };
}
