// What of the quickstart's testbed is nobody's business, and whom ssh takes its machines for.
import { execa } from "execa";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Sandbox } from "../support/strata.ts";

const directoryOf = ({ state }: Sandbox): string => join(state, "stacks/quickstart");

/** Passwords and the users' private key stay out of the engine's state. */
export async function expectNoSecretsInState(sandbox: Sandbox): Promise<void> {
  const directory = directoryOf(sandbox);
  const passwords = readdirSync(join(directory, "passwords")).map((name) => join(directory, "passwords", name));
  expect(passwords.length).toBeGreaterThan(0);
  const { stdout } = await sandbox.succeed("pulumi", "stack", "export", "--show-secrets", "--stack", "quickstart");
  for (const file of [...passwords, join(directory, "id_ed25519")]) {
    // A key's first line says only of what kind it is, as the host key's in the state does.
    const [first = "", , secret = first] = readFileSync(file, "utf8").match(/^[A-Za-z0-9+/=_-]{30,}$/gm) ?? [];
    expect([secret.length > 29, stdout.includes(secret)]).toEqual([true, false]);
  }
}

/** Each machine shows a host key of its own, and ssh takes no other's for it. */
export async function expectOwnHostKeys(sandbox: Sandbox, machines: readonly string[]): Promise<void> {
  const directory = directoryOf(sandbox);
  const ssh = (name: string, command: string, ...options: string[]) =>
    execa("ssh", ["-F", join(directory, "ssh_config"), ...options, name, command], { reject: false, stdin: "ignore" });
  const keys = await Promise.all(machines.map((name) => ssh(name, "cat /etc/ssh/ssh_host_ed25519_key.pub")));
  expect(new Set(keys.map(({ stdout }) => stdout.split(" ")[1])).size).toBe(machines.length);
  const edge = ["-o", "ControlPath=none", "-o", `UserKnownHostsFile=${join(directory, "machines/edge-0.known")}`];
  expect((await ssh("edge-0", "true", ...edge)).exitCode).toBe(0);
  expect((await ssh("cloud-0", "true", ...edge)).stderr).toContain("Host key verification failed");
}
