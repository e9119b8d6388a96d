import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  forget,
  isKnown,
  knownMachines,
  machineConfiguration,
  makeKnown,
} from "../../../../providers/strata/access/machineFile.ts";

const state = mkdtempSync(join(tmpdir(), "machines-"));
beforeAll(() => {
  process.env.STRATA_STATE = state;
  delete process.env.XDG_RUNTIME_DIR;
});
afterAll(() => {
  rmSync(state, { recursive: true });
});

const machine = { stack: "lab", machine: "cloud-0", address: "10.83.0.1" };
const elsewhere = {
  ...machine,
  through: "qemu+ssh://root@lab1:2222/system?keyfile=/a key/100%25/id&known_hosts=/h",
};

test("ssh knows a machine by name and by address", () => {
  expect(machineConfiguration(machine)).toBe("Host cloud-0 10.83.0.1\n  HostName 10.83.0.1\n");
});

test("a machine on another host is reached through it, by the URI's own key and known hosts", () => {
  const [first, second, command = ""] = machineConfiguration(elsewhere).split("\n");
  expect([first, second]).toEqual(["Host cloud-0 10.83.0.1", "  HostName 10.83.0.1"]);
  expect(command).toMatch(/^ {2}ProxyCommand sh -c '.*' ssh -T -e none -o BatchMode=yes -o StrictHostKeyChecking=yes /);
  // ssh fills in %, and a shell takes it apart: what the inner ssh gets is "%C", and one file name.
  expect(command).toContain(`-o 'IdentityFile="/a key/100%%%%/id"' -o IdentitiesOnly=yes -o UserKnownHostsFile=/h`);
  expect(command).toMatch(/-o ControlPath=\/tmp\/strata-\d+-[0-9a-f]{6}\/%%C -o ControlPersist=60 /);
  expect(command).toMatch(/ -p 2222 -l root -W %h:%p lab1$/);
});

test("a host that has nothing but ssh is named by ssh's own URI", () => {
  const [, , command = ""] = machineConfiguration({ ...machine, through: "ssh://root@lab1:2222" }).split("\n");
  expect(command).toMatch(/ -p 2222 -l root -W %h:%p lab1$/);
  expect(() => machineConfiguration({ ...machine, through: "ssh:lab1" })).toThrow("names no host by ssh");
});

test("a machine with a host key of its own is known by it alone, in a file that only its owner may read", async () => {
  const own = { ...machine, stack: "own", hostPublicKey: "ssh-ed25519 AAAA cloud-0" };
  const file = join(state, "stacks/own/machines/cloud-0.known");
  expect(machineConfiguration(own).split("\n")[2]).toBe(`  UserKnownHostsFile "${file}"`);
  await makeKnown(own);
  expect(isKnown(own)).toBe(true);
  expect([readFileSync(file, "utf8"), statSync(file).mode & 0o777]).toEqual(["strata-own ssh-ed25519 AAAA\n", 0o600]);
  writeFileSync(file, "strata-own ssh-ed25519 BBBB\n");
  expect(isKnown(own)).toBe(false);
  await makeKnown(own);
  expect([isKnown(own), knownMachines("own")]).toEqual([true, [{ name: "cloud-0", address: "10.83.0.1" }]]);
  await forget(own);
  expect([isKnown(own), existsSync(file)]).toEqual([false, false]);
});

test("a machine is known while its file says how it is reached", async () => {
  expect([isKnown(machine), knownMachines("lab")]).toEqual([false, []]);
  await makeKnown(machine);
  await makeKnown({ ...elsewhere, machine: "cloud-10", address: "10.83.0.11" });
  await makeKnown({ ...machine, machine: "cloud-2", address: "10.83.0.3" });
  expect([machine, { ...machine, address: "10.83.0.2" }, elsewhere].map(isKnown)).toEqual([true, false, false]);
  expect(knownMachines("lab")).toEqual([
    { name: "cloud-0", address: "10.83.0.1" },
    { name: "cloud-2", address: "10.83.0.3" },
    { name: "cloud-10", address: "10.83.0.11" },
  ]);
  await forget(machine);
  expect([isKnown(machine), knownMachines("lab").length]).toEqual([false, 2]);
});
