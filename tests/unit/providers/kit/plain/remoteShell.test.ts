import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runOnHost } from "../../../../../providers/kit/plain/remoteShell.ts";
import { patient } from "../../../../support/patience.ts";

const directory = mkdtempSync(join(tmpdir(), "remote-shell-"));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

function program(name: string, body: string): string {
  const file = join(directory, name);
  writeFileSync(file, `#!/bin/sh\n${body}\n`);
  chmodSync(file, 0o755);
  return file;
}

/** In ssh's place: runs the command here, with the programs of the test first on PATH. */
const command = program("ssh", `PATH=${directory}:$PATH; for last; do :; done; eval "$last"`);
const host = { host: "lab1", user: "ada", command };
const limitMs = patient(20_000);

test("a script of any length runs, and what it prints is returned", async () => {
  const script = `x='a "b" $c'\n${"# long\n".repeat(20_000)}echo "$x"\n`;
  expect(await runOnHost(host, script, { limitMs })).toBe('a "b" $c\n');
});

test("as root: by itself where the user is root, else by sudo, which must not ask", async () => {
  program("id", "echo 0");
  program("sudo", 'echo "sudo $*" >&2; exit 9');
  expect(await runOnHost(host, "echo done", { limitMs, asRoot: true })).toBe("done\n");
  program("id", "echo 1000");
  program("sudo", '[ "$1" = -n ] && shift && echo by sudo && exec "$@"');
  expect(await runOnHost(host, "echo done", { limitMs, asRoot: true })).toBe("by sudo\ndone\n");
  program("sudo", "echo 'sudo: a password is required' >&2; exit 1");
  await expect(runOnHost(host, "echo done", { limitMs, asRoot: true })).rejects.toThrow(
    "ada@lab1: its user is not root and sudo asks for a password (sudo: a password is required); log in as root, or allow sudo without one",
  );
});

test("what goes wrong names the host: in the script, in ssh, without ssh, without an end", async () => {
  await expect(runOnHost(host, "echo no such thing >&2; exit 3", { limitMs })).rejects.toThrow(
    "a command on ada@lab1 ended with status 3: no such thing",
  );
  const denied = { ...host, command: program("denied", "echo 'Permission denied (publickey).' >&2; exit 255") };
  await expect(runOnHost(denied, "exit 0", { limitMs })).rejects.toThrow(
    "ada@lab1 can't be reached by ssh: Permission denied (publickey).; let your key in there (ssh-copy-id ada@lab1)",
  );
  await expect(runOnHost({ ...host, command: "/nowhere/ssh" }, "exit 0", { limitMs })).rejects.toThrow(
    "there is no program /nowhere/ssh; install the package openssh-client",
  );
  const slow = { ...host, command: program("slow", "exec sleep 30") };
  await expect(runOnHost(slow, "exit 0", { limitMs: 100 })).rejects.toThrow("ada@lab1 did not finish within 0.1 s");
});
