import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withChannel, type Channel } from "../../../../providers/libvirt/rpc/channel.ts";
import { Connection } from "../../../../providers/libvirt/rpc/connection.ts";
import {
  encodePacket,
  PacketReader,
  packetTypes,
  statuses,
  type Packet,
} from "../../../../providers/libvirt/rpc/packet.ts";

const domain = { name: "cloud-0", uuid: "0f61c1a4-5c1b-4c7a-9a50-3a2f6f1d2b11", id: 1 };
const directory = mkdtempSync(join(tmpdir(), "channel-"));
const path = join(directory, "sock");
let server: Server;
/** What the machine says when it hears something. */
let answer: (heard: string, say: (text: string) => void) => void;
let ends: number[];

beforeAll(async () => {
  server = createServer((socket) => {
    const reader = new PacketReader();
    socket.on("data", (piece) => {
      for (const packet of reader.push(piece)) take(packet, socket);
    });
    socket.on("error", () => undefined);
  });
  server.listen(path);
  await once(server, "listening");
});
beforeEach(() => {
  ends = [];
});
afterAll(() => {
  server.close();
  rmSync(directory, { recursive: true });
});

function take(packet: Packet, socket: Socket): void {
  const say = (text: string, status: number = statuses.more): void => {
    socket.write(encodePacket({ ...packet, type: packetTypes.stream, status, body: Buffer.from(text) }));
  };
  if (packet.type === packetTypes.call) {
    socket.write(encodePacket({ ...packet, type: packetTypes.reply, status: statuses.ok, body: Buffer.alloc(0) }));
    answer("", say);
  } else if (packet.status === statuses.more) {
    answer(packet.body.toString(), say);
  } else {
    ends.push(packet.status);
    say("", statuses.ok);
  }
}

async function open<Result>(
  work: (channel: Channel) => Promise<Result>,
  signal = new AbortController().signal,
): Promise<Result> {
  const connection = await Connection.open(path, "test");
  try {
    return await withChannel(connection, domain, "org.example.port", signal, work);
  } finally {
    connection.close();
  }
}

test("lines go both ways, whole, however they are cut up; the port is closed in the end", async () => {
  answer = (heard, say) => {
    if (heard === "") say("par");
    else say(`ked\nyou said ${heard}`);
  };
  const said = await open(async ({ send, line }) => {
    await send("hello");
    return [await line(5000, "parked"), await line(5000, "an answer")];
  });
  expect(said).toEqual(["parked", "you said hello"]);
  expect(ends).toHaveLength(1);
});

test("a machine that says nothing is not waited for without end", async () => {
  answer = () => undefined;
  await expect(open(({ line }) => line(50, "waiting for its name"))).rejects.toThrow(
    /waiting for its name: nothing came/,
  );
});

test("a machine that says too much at once is not listened to", async () => {
  answer = (_heard, say) => {
    say("x".repeat(20_000));
  };
  await expect(open(({ line }) => line(5000, "waiting for its name"))).rejects.toThrow(/said more than 16384 bytes/);
});

test("what was called off is not waited for", async () => {
  answer = () => undefined;
  const abort = new AbortController();
  setTimeout(() => {
    abort.abort();
  }, 20);
  await expect(open(({ line }) => line(60_000, "waiting for its name"), abort.signal)).rejects.toThrow(/called off/);
});
