import { jest } from "@jest/globals";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encode, int, unsignedHyper } from "../../../../providers/libvirt/rpc/codec.ts";
import { Connection } from "../../../../providers/libvirt/rpc/connection.ts";
import { Libvirt } from "../../../../providers/libvirt/rpc/libvirt.ts";
import { isLibvirtError } from "../../../../providers/libvirt/rpc/errors.ts";
import {
  encodePacket,
  maxStreamBytes,
  PacketReader,
  packetTypes,
  programs,
  statuses,
  type Packet,
} from "../../../../providers/libvirt/rpc/packet.ts";
import {
  connect,
  domains,
  lifecycleEvent,
  remoteError,
  volumes,
} from "../../../../providers/libvirt/rpc/procedures.ts";
import { receiveData, sendData } from "../../../../providers/libvirt/rpc/stream.ts";

describe("connection", () => {
  const directory = mkdtempSync(join(tmpdir(), "rpc-"));
  const path = join(directory, "sock");
  let server: Server;
  let answer: (packet: Packet, socket: Socket) => void;
  const received: Packet[] = [];

  beforeAll(async () => {
    server = createServer((socket) => {
      const reader = new PacketReader();
      socket.on("data", (piece) => {
        for (const packet of reader.push(piece)) {
          received.push(packet);
          answer(packet, socket);
        }
      });
      socket.on("error", () => undefined);
    });
    await new Promise<void>((resolve) => server.listen(path, resolve));
  });
  beforeEach(() => {
    received.length = 0;
  });
  afterAll(() => {
    server.close();
    rmSync(directory, { recursive: true });
  });

  const reply = (
    packet: Packet,
    body: Buffer,
    status: number = statuses.ok,
    type: number = packetTypes.reply,
  ): Buffer => encodePacket({ ...packet, type, status, body });
  const error = encode(remoteError, {
    ...{ code: 42, domain: 10, message: "Domain not found", level: 2, dom: undefined, str1: undefined },
    ...{ str2: undefined, str3: undefined, int1: 0, int2: 0, net: undefined },
  });

  test("overlapping calls find their replies in any order", async () => {
    const held: Packet[] = [];
    answer = (packet, socket) => {
      held.push(packet);
      if (held.length < 3) return;
      for (const each of held.reverse()) socket.write(reply(each, encode(unsignedHyper, each.serial * 1000)));
    };
    const connection = await Connection.open(path, "there");
    const calls = [1, 2, 3].map(() => connection.call(connect.libVersion, undefined));
    expect(await Promise.all(calls)).toEqual([{ version: 1000 }, { version: 2000 }, { version: 3000 }]);
    connection.close();
  });

  test("an error keeps libvirt's number and sentence", async () => {
    answer = (packet, socket) => socket.write(reply(packet, error, statuses.error));
    const connection = await Connection.open(path, "there");
    const failure = await connection.call(domains.lookupByName, { name: "x" }).catch((reason: unknown) => reason);
    expect(isLibvirtError(failure, 42)).toBe(true);
    expect((failure as Error).message).toBe("there: Domain not found (DOMAIN_LOOKUP_BY_NAME, libvirt error 42)");
    connection.close();
  });

  test("events reach their handler, and a ping of keepalive gets its pong", async () => {
    const message = { callback: 1, domain: { name: "m", uuid: "01234567-89ab-cdef-0123-456789abcdef", id: 3 } };
    answer = (packet, socket) => {
      if (packet.program === programs.keepalive) return;
      const event = { ...packet, procedure: 318, type: packetTypes.event, serial: 0 };
      socket.write(encodePacket({ ...event, body: encode(lifecycleEvent.args, { ...message, event: 5, detail: 1 }) }));
      const ping = { program: programs.keepalive, procedure: 1, type: packetTypes.event, serial: 0 };
      socket.write(encodePacket({ ...ping, status: 0, body: Buffer.alloc(0) }));
      setTimeout(() => socket.write(reply(packet, encode(unsignedHyper, 1))), 50);
    };
    const connection = await Connection.open(path, "there");
    const events: unknown[] = [];
    connection.onEvent(lifecycleEvent, (event) => events.push(event));
    await connection.call(connect.libVersion, undefined);
    expect(events).toEqual([{ ...message, event: 5, detail: 1 }]);
    expect(received.find(({ program }) => program === programs.keepalive)).toMatchObject({ procedure: 2, type: 2 });
    connection.close();
  });

  const volume = { pool: "p", name: "v", key: "/v" };
  const upload = { volume, offset: 0, length: 0, flags: 0 };
  async function* data(...chunks: (Buffer | Error)[]): AsyncGenerator<Buffer> {
    for (const chunk of chunks) {
      if (chunk instanceof Error) throw await Promise.resolve(chunk);
      yield await Promise.resolve(chunk);
    }
  }

  test("an upload is a call, data in packets under its serial, and an end that the daemon confirms", async () => {
    answer = (packet, socket) => {
      if (packet.type === packetTypes.call) socket.write(reply(packet, Buffer.alloc(0)));
      else if (packet.status === statuses.ok)
        socket.write(reply(packet, Buffer.alloc(0), statuses.ok, packetTypes.stream));
    };
    const connection = await Connection.open(path, "there");
    const sent = await sendData(
      connection,
      volumes.upload,
      upload,
      data(Buffer.alloc(maxStreamBytes + 5, 1), Buffer.from("x")),
    );
    expect(sent).toBe(maxStreamBytes + 6);
    expect(received.map(({ type, status, serial, body }) => [type, status, serial, body.length])).toEqual([
      [packetTypes.call, statuses.ok, 1, 44],
      [packetTypes.stream, statuses.more, 1, maxStreamBytes],
      [packetTypes.stream, statuses.more, 1, 5],
      [packetTypes.stream, statuses.more, 1, 1],
      [packetTypes.stream, statuses.ok, 1, 0],
    ]);
    connection.close();
  });

  test("data goes by a connection of its own, so that its end can't cost a call its reply", async () => {
    const sockets: Socket[] = [];
    const procedures: number[][] = [];
    const answers = new Map([
      [connect.authList.number, encode(connect.authList.result, { types: [] })],
      [connect.libVersion.number, encode(unsignedHyper, 9_000_000)],
      [domains.registerEvents.number, encode(int, 1)],
    ]);
    answer = (packet, socket) => {
      if (!sockets.includes(socket)) sockets.push(socket);
      (procedures[sockets.indexOf(socket)] ??= []).push(packet.procedure);
      if (packet.status === statuses.ok) {
        socket.write(reply(packet, answers.get(packet.procedure) ?? Buffer.alloc(0), statuses.ok, packet.type));
      }
    };
    const libvirt = new Libvirt(`test+unix:///default?socket=${path}`);
    await libvirt.call(connect.libVersion, undefined);
    expect(await libvirt.send(volumes.upload, upload, data(Buffer.from("x")))).toBe(1);
    const opening = [connect.authList, connect.open, connect.libVersion].map(({ number }) => number);
    const sending = Array.from({ length: 3 }, () => volumes.upload.number);
    expect(procedures).toEqual([
      [...opening, domains.registerEvents.number, connect.libVersion.number],
      [...opening, ...sending],
    ]);
    if (sockets[1]?.destroyed === false) await once(sockets[1], "close");
    expect(sockets[0]?.destroyed).toBe(false);
    libvirt.close();
  });

  test("an upload ends with the daemon's error, and with an abort where the data can't be read", async () => {
    answer = (packet, socket) => {
      if (packet.type === packetTypes.call) socket.write(reply(packet, Buffer.alloc(0)));
      else socket.write(reply(packet, error, statuses.error, packetTypes.stream));
    };
    const connection = await Connection.open(path, "there");
    await expect(sendData(connection, volumes.upload, upload, data(Buffer.from("x")))).rejects.toMatchObject({
      code: 42,
    });
    const broken = sendData(connection, volumes.upload, upload, data(new Error("disk on fire")));
    await expect(broken).rejects.toThrow("disk on fire");
    expect(received.at(-1)).toMatchObject({ type: packetTypes.stream, status: statuses.error });
    connection.close();
  });

  test("what a daemon sends is taken to its end, which is confirmed, or until there is enough of it", async () => {
    answer = (packet, socket) => {
      if (packet.type === packetTypes.call) {
        // All at once, as a quick daemon does.
        const pieces = ["one", "two", ""].map((text) =>
          reply(packet, Buffer.from(text), statuses.more, packetTypes.stream),
        );
        socket.write(Buffer.concat([reply(packet, Buffer.alloc(0)), ...pieces]));
      } else if (packet.status === statuses.ok) {
        socket.write(reply(packet, Buffer.alloc(0), statuses.ok, packetTypes.stream));
      } else {
        socket.write(reply(packet, error, statuses.error, packetTypes.stream));
      }
    };
    const connection = await Connection.open(path, "there");
    const taken: string[] = [];
    await receiveData(connection, volumes.download, upload, (piece) => taken.push(piece.toString()) > 0);
    expect(taken).toEqual(["one", "two"]);
    await receiveData(connection, volumes.download, upload, (piece) => taken.push(piece.toString()) < 3);
    expect(taken).toEqual(["one", "two", "one"]);
    expect(received.filter(({ type }) => type === packetTypes.stream).map(({ status }) => status)).toEqual([
      statuses.ok,
      statuses.error,
    ]);
    connection.close();
  });

  test("a daemon that can't send says so right behind its reply", async () => {
    answer = (packet, socket) =>
      socket.write(
        Buffer.concat([reply(packet, Buffer.alloc(0)), reply(packet, error, statuses.error, packetTypes.stream)]),
      );
    const connection = await Connection.open(path, "there");
    await expect(receiveData(connection, volumes.download, upload, () => true)).rejects.toMatchObject({ code: 42 });
    connection.close();
  });

  test("an upload may take as long as it likes while it goes on, and one that stands still is given up", async () => {
    jest.useFakeTimers({ doNotFake: ["nextTick", "setImmediate", "queueMicrotask"] });
    try {
      answer = (packet, socket) => {
        if (packet.type === packetTypes.call) socket.write(reply(packet, Buffer.alloc(0)));
      };
      const connection = await Connection.open(path, "there");
      const slow = async function* (): AsyncGenerator<Buffer> {
        for (let minute = 0; minute < 20; minute += 1) {
          jest.advanceTimersByTime(60_000);
          yield await Promise.resolve(Buffer.from("x"));
        }
      };
      const sending = sendData(connection, volumes.upload, upload, slow());
      sending.catch(() => undefined);
      while (received.at(-1)?.type !== packetTypes.stream || received.at(-1)?.status !== statuses.ok) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(received).toHaveLength(22);
      // The end is not confirmed.
      jest.advanceTimersByTime(300_000);
      await expect(sending).rejects.toThrow("libvirt at there: STORAGE_VOL_UPLOAD was not answered within 300 s");
      expect(connection.broken).toBe(true);
    } finally {
      jest.useRealTimers();
    }
  });

  test("when the connection breaks, waiting calls fail with the reason, and later ones too", async () => {
    answer = (_packet, socket) => socket.destroy();
    const connection = await Connection.open(path, "there");
    const message = "libvirt at there: the daemon closed the connection";
    await expect(connection.call(connect.libVersion, undefined)).rejects.toThrow(message);
    expect(connection.broken).toBe(true);
    await expect(connection.call(connect.libVersion, undefined)).rejects.toThrow(message);
  });

  test("no daemon: the error names socket, reason and fix", async () => {
    await expect(Connection.open("/nowhere/sock", "qemu:///system")).rejects.toThrow(
      "can't connect to libvirt at qemu:///system (socket /nowhere/sock): connect ENOENT /nowhere/sock; " +
        "check that libvirtd runs and that you may use its socket (group libvirt)",
    );
  });
});
