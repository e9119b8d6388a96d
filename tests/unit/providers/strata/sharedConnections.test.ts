import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { machineConfiguration } from "../../../../providers/strata/access/machineFile.ts";
import { endSharedConnections, shareConnections } from "../../../../providers/strata/access/sharedConnections.ts";
import { controlDirectory, sshConfiguration } from "../../../../providers/strata/access/sshConfig.ts";

const directory = mkdtempSync(join(tmpdir(), "strata-stack-"));
const control = controlDirectory(directory);
const victim = mkdtempSync(join(tmpdir(), "victim-"));
let warnings: string[] = [];
const warn = (message: string) => warnings.push(message);

beforeEach(() => {
  warnings = [];
});
afterEach(() => {
  rmSync(control, { recursive: true, force: true });
});
afterAll(() => {
  for (const made of [directory, victim]) rmSync(made, { recursive: true });
});

/** What ssh itself makes of the stack's configuration. */
function controlPath(): string | undefined {
  const file = join(directory, "ssh_config");
  const access = { stack: "lab", directory, hostPublicKey: "ssh-ed25519 AAAA c" };
  writeFileSync(file, sshConfiguration(access));
  const text = execFileSync("ssh", ["-G", "-F", file, "10.83.0.1"], { encoding: "utf8" });
  return /^controlpath (.*)$/m.exec(text)?.[1];
}

test("ssh makes the directory and shares connections in it; without one of our own it does not share", () => {
  expect(controlPath()).toMatch(new RegExp(`^${control}/[0-9a-f]{40}$`));
  rmSync(control, { recursive: true });
  symlinkSync(victim, control);
  expect(controlPath()).toBeUndefined();
  shareConnections(directory, warn);
  expect(warnings).toEqual([
    `each use of ssh opens a connection of its own, which is slow: ${control} is a symbolic link, where Strata keeps what ` +
      "nobody else may touch; it is left as it is. Find out who made it, remove it, and try again",
  ]);
});

test("nor does the connection to the host that a machine is behind", () => {
  const state = process.env.STRATA_STATE;
  process.env.STRATA_STATE = directory;
  const ssh = join(directory, "ssh");
  writeFileSync(ssh, '#!/bin/sh\necho "$@"\n', { mode: 0o755 });
  const own = controlDirectory(join(directory, "stacks", "lab"));
  try {
    const through = `qemu+ssh://root@lab1/system?command=${ssh}`;
    const machine = { stack: "lab", machine: "cloud-0", address: "10.83.0.1", through };
    const command = (/ProxyCommand (.*)$/m.exec(machineConfiguration(machine))?.[1] ?? "").replaceAll("%%", "%");
    const said = () => execFileSync("sh", ["-c", command], { encoding: "utf8" });
    expect(said()).toMatch(new RegExp(`^-o ControlMaster=auto -o ControlPath=${own}/%C -o ControlPersist=60 -T `));
    rmSync(own, { recursive: true });
    symlinkSync(victim, own);
    expect(said()).toMatch(/^-T .* -o ControlMaster=no -o ControlPath=none /);
  } finally {
    rmSync(own, { recursive: true, force: true });
    if (state === undefined) delete process.env.STRATA_STATE;
    else process.env.STRATA_STATE = state;
  }
});

test("what a link leads to is not touched, and it is said", async () => {
  writeFileSync(join(victim, "precious"), "");
  symlinkSync(victim, control);
  await endSharedConnections(directory, warn);
  expect(readdirSync(victim)).toEqual(["precious"]);
  expect(warnings).toEqual([expect.stringContaining(`${control} is a symbolic link`)]);
});

test("twenty connections that do not answer hold the end up no longer than one", async () => {
  shareConnections(directory, warn);
  // They take connections and say nothing.
  const servers = Array.from({ length: 20 }, (_, index) => createServer().listen(join(control, `silent-${index}`)));
  await Promise.all(servers.map((server) => once(server, "listening")));
  mkdirSync(join(control, "no socket"));
  const before = performance.now();
  await endSharedConnections(directory, warn);
  // One after the other they would take 20 limits of 5 s each.
  expect(performance.now() - before).toBeLessThan(30_000);
  expect([existsSync(control), warnings]).toEqual([false, []]);
  for (const server of servers) server.close();
});
