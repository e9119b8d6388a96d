import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sharedConnection } from "../../../../providers/kit/plain/remoteHost.ts";
import { openSsh } from "../../../../providers/libvirt/rpc/sshTransport.ts";
import { parseUri, type RemoteTarget } from "../../../../providers/libvirt/rpc/uri.ts";

const directory = mkdtempSync(join(tmpdir(), "ssh-transport-"));
let daemon: Server;

/** In ssh's place: greets as a login shell may, notes its arguments, and runs the command here. */
const ssh = program(
  "ssh",
  `echo Welcome; printf '%s\\n' "$@" > ${directory}/arguments; for last; do :; done; eval "exec $last"`,
);

function program(name: string, body: string): string {
  const file = join(directory, name);
  writeFileSync(file, `#!/bin/sh\n${body}\n`);
  chmodSync(file, 0o755);
  return file;
}

const target = (query: string): RemoteTarget => {
  const parsed = parseUri(`qemu+ssh://ada@lab1:2222/system?${query}`);
  if (parsed.remote === undefined) throw new Error("not remote");
  return parsed;
};

beforeAll(async () => {
  daemon = createServer((socket) => socket.on("data", (piece) => socket.write(piece.toString().toUpperCase())));
  await new Promise<void>((resolve) => daemon.listen(join(directory, "sock"), resolve));
});
afterAll(async () => {
  await new Promise((resolve) => daemon.close(resolve));
  rmSync(directory, { recursive: true });
});

test("what comes after the login shell's greeting is the daemon's, both ways", async () => {
  const stream = await openSsh(target(`command=${ssh}&socket=${directory}/sock&known_hosts=/h`));
  const answered = new Promise((resolve) => {
    stream.once("data", (piece: Buffer) => {
      resolve(piece.toString());
    });
  });
  stream.write("hello");
  expect(await answered).toBe("HELLO");
  stream.destroy();
  expect(sharedConnection()?.path).toMatch(new RegExp(`/strata-\\d+-ssh/${process.pid}-%C$`));
  const args = readFileSync(join(directory, "arguments"), "utf8").split("\n");
  expect(args).toEqual(
    expect.arrayContaining([
      "StrictHostKeyChecking=yes",
      "BatchMode=yes",
      "UserKnownHostsFile=/h",
      "-l",
      "ada",
      "2222",
    ]),
  );
});

test.each([
  [
    "a socket that is missing",
    () => `command=${ssh}&socket=/nowhere/sock`,
    "no libvirt daemon listens there (/nowhere/sock is missing)",
  ],
  [
    "a netcat that is missing",
    () => `command=${ssh}&socket=${directory}/sock&netcat=no-such-nc`,
    "neither virt-ssh-helper nor no-such-nc is there",
  ],
  [
    "an unknown host key",
    () => `command=${program("unknown", "echo 'Host key verification failed.' >&2; exit 255")}`,
    "ada@lab1:2222 can't be reached by ssh: Host key verification failed.; log in once by hand, compare the key that it shows and accept it: ssh -p 2222 ada@lab1",
  ],
  [
    "a key that is not let in",
    () => `command=${program("denied", "echo 'ada@lab1: Permission denied (publickey).' >&2; exit 255")}`,
    "let your key in there (ssh-copy-id -p 2222 ada@lab1), or name the right one with ?keyfile=",
  ],
  [
    "a host that is off",
    () => `command=${program("off", "echo 'ssh: connect to host lab1 port 2222: No route to host' >&2; exit 255")}`,
    "check that it runs and that sshd listens there",
  ],
  ["no ssh", () => "command=/nowhere/ssh", "there is no program /nowhere/ssh; install the package openssh-client"],
])("%s: host, reason and fix", async (_, query, message) => {
  const wanted = target(query());
  await expect(openSsh(wanted)).rejects.toThrow(`can't connect to libvirt at ${wanted.uri}: `);
  await expect(openSsh(wanted)).rejects.toThrow(message);
});

test("a connection that breaks says what ssh said", async () => {
  const broken = program("broken", "echo libvirt-stream; echo 'Timeout, server lab1 not responding.' >&2; exit 255");
  const stream = await openSsh(target(`command=${broken}`));
  const error = await new Promise<Error>((resolve) => {
    stream.once("error", resolve).resume();
  });
  expect(error.message).toContain("ada@lab1:2222 can't be reached by ssh: Timeout, server lab1 not responding.");
});
