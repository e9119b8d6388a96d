import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { languageHostDirectory, languageHostFiles } from "../../../../setup/engine/recipe.ts";
import { listenToOwnUser } from "../../../../providers/kit/ownPeers.ts";
import { asRoot, pythonAsOtherUser } from "../../../support/otherUser.ts";
import { patient } from "../../../support/patience.ts";
import { PluginProcess } from "../../../support/pluginProcess.ts";

const root = join(import.meta.dirname, "../../../..");

/** The first bytes of HTTP/2, as gRPC's clients send them: the preface, and settings without any. */
const ask = (port: number, address = "127.0.0.1", family = "AF_INET") => `
import socket
s = socket.socket(socket.${family})
s.settimeout(${patient(20)})
s.connect(("${address}", ${port}))
try:
    s.sendall(b"PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0]))
    print("served" if s.recv(100) else "closed")
except ConnectionError:
    print("closed")
`;

async function served(port: number, host = "127.0.0.1"): Promise<string> {
  const socket = connect({ port, host });
  await once(socket, "connect");
  socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  socket.write(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]));
  const said = await Promise.race([
    once(socket, "data").then(() => "served"),
    once(socket, "close").then(() => "closed"),
  ]);
  socket.destroy();
  return said;
}

test("a connection of this user's is served, also by a socket for both families", async () => {
  const sockets: Socket[] = [];
  const refusals: string[] = [];
  const serve = (socket: Socket) => {
    sockets.push(socket);
    socket.on("data", (data) => socket.write(data));
  };
  const { port, close } = await listenToOwnUser(serve, (why) => refusals.push(why));
  expect([await served(port), await served(port, "::ffff:127.0.0.1")]).toEqual(["served", "served"]);
  expect([sockets.length, refusals]).toEqual([2, []]);
  for (const socket of sockets) socket.destroy();
  close();
});

asRoot("one of another user's is closed before it is served, and that is said once", async () => {
  let count = 0;
  const refusals: string[] = [];
  const { port, close } = await listenToOwnUser(
    (socket) => {
      count++;
      socket.destroy();
    },
    (why) => refusals.push(why),
  );
  // Closed before it is looked at, it must not count as root's, as the kernel has it.
  const hasty = `
import socket
for number in range(20):
    s = socket.create_connection(("127.0.0.1", ${port}))
    s.sendall(b"PRI * HTTP/2.0")
    s.close()
`;
  // spawnSync holds this process up: the server sees them all when they are closed already.
  pythonAsOtherUser(hasty);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(count).toBe(0);
  expect(refusals).toEqual(["closed a connection of another user's process; only this user's and root's are served"]);
  close();
});

asRoot("plugins do not serve other users", async () => {
  const plugin = await PluginProcess.start("tests/unit/providers/kit/fixture.ts");
  try {
    await plugin.configure({ colour: "blue", version: "1.2.3" });
    const port = Number(plugin.client.getChannel().getTarget().split(":").at(-1));
    expect(await served(port)).toBe("served");
    expect(pythonAsOtherUser(ask(port))).toBe("closed\n");
    expect(pythonAsOtherUser(ask(port, "::ffff:127.0.0.1", "AF_INET6"))).toBe("closed\n");
  } finally {
    await plugin.stop();
  }
});

asRoot("nor does the language host, where it is copied beside an engine", async () => {
  const directory = mkdtempSync(join(tmpdir(), "strata-host-"));
  const engine = join(directory, "engine");
  mkdirSync(engine);
  for (const name of languageHostFiles) copyFileSync(join(languageHostDirectory, name), join(engine, name));
  symlinkSync(join(root, "node_modules"), join(directory, "node_modules"));
  writeFileSync(join(directory, "package.json"), '{ "type": "module" }\n');
  const host = spawn("sh", [join(engine, "pulumi-language-nodejs"), "127.0.0.1:1"], {
    cwd: directory,
    env: { ...process.env, STRATA_NODE: process.execPath, NODE_OPTIONS: "" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [output] = (await once(host.stdout, "data")) as [Buffer];
    const port = Number(output.toString());
    expect(await served(port)).toBe("served");
    expect(pythonAsOtherUser(ask(port))).toBe("closed\n");
  } finally {
    const ended = once(host, "exit");
    host.kill();
    await ended;
    rmSync(directory, { recursive: true });
  }
});
