import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sshArguments } from "../../../cli/ssh.ts";
import { accessPaths, removeAccess, writePrivate } from "../../../providers/strata/access/files.ts";
import { makeKnown } from "../../../providers/strata/access/machineFile.ts";
import { endSharedConnections } from "../../../providers/strata/access/sharedConnections.ts";
import { sshConfiguration } from "../../../providers/strata/access/sshConfig.ts";

// What an `up` has written by the time its first machines boot; the stack has no outputs then.
const state = mkdtempSync(join(tmpdir(), "strata's state "));

beforeAll(async () => {
  process.env.STRATA_STATE = state;
  const { directory, sshConfiguration: file } = accessPaths("lab");
  const access = { stack: "lab", directory, namespace: "strata-0a1b2c", hostPublicKey: "ssh-ed25519 AAAA c" };
  await writePrivate(file, sshConfiguration(access));
  const through = "qemu+ssh://root@lab1/system";
  await makeKnown({ stack: "lab", machine: "cloud-0", address: "10.83.0.1" });
  await makeKnown({ stack: "lab", machine: "edge-0", address: "10.83.64.1", through });
});

afterAll(async () => {
  // ssh makes the directory of sockets even where it only prints what it would do.
  await endSharedConnections(accessPaths("lab").directory, () => undefined);
  rmSync(state, { recursive: true });
});

/** What ssh itself makes of the arguments. */
function options(machine: string, ...names: string[]): string[] {
  const text = execFileSync("ssh", ["-G", ...sshArguments("lab", machine)], { encoding: "utf8" });
  return names.map((name) => new RegExp(`^${name} (.*)$`, "m").exec(text)?.[1] ?? "");
}

test("ssh finds a machine by its name, with the stack's keys, through the host's namespace", () => {
  expect(options("cloud-0", "hostname", "user", "hostkeyalias", "identityfile", "proxycommand")).toEqual([
    "10.83.0.1",
    "root",
    "strata-lab",
    accessPaths("lab").privateKey,
    "nsenter --net=/run/netns/strata-0a1b2c nc %h %p",
  ]);
});

test("one on another host through that", () => {
  const [host, command] = options("edge-0", "hostname", "proxycommand");
  expect(host).toBe("10.83.64.1");
  expect(command).toMatch(/ -l root -W %h:%p lab1$/);
});

test("name and address share one connection", () => {
  const byAddress = execFileSync("ssh", ["-G", "-F", accessPaths("lab").sshConfiguration, "10.83.0.1"], {
    encoding: "utf8",
  });
  expect(options("cloud-0", "controlpath")).toEqual([/^controlpath (.*)$/m.exec(byAddress)?.[1]]);
});

test("what is not there is named, with what is", async () => {
  expect(() => sshArguments("lab", "edge-1")).toThrow("testbed lab has no machine edge-1; it has cloud-0, edge-0");
  expect(() => sshArguments("other", "edge-1")).toThrow(
    "this checkout has started no machine of testbed other; build it: strata up other (strata list shows all testbeds)",
  );
  const { directory } = accessPaths("lab");
  // By a name of before, too.
  for (const name of ["rolling-update.lock", "turn.lock"]) writeFileSync(join(directory, name), "");
  await removeAccess("lab");
  expect(() => sshArguments("lab", "cloud-0")).toThrow("this checkout has started no machine of testbed lab");
  expect(existsSync(directory)).toBe(false);
});
