import { connection } from "../../../../providers/command/remote/connection.ts";
import { sshConfiguration } from "../../../../providers/command/remote/sshFiles.ts";

test("a machine behind a proxy, with known host keys", () => {
  const text = sshConfiguration("/tmp/x", {
    host: "10.0.0.2",
    port: 2222,
    user: "ada",
    privateKey: "secret",
    hostKey: "ssh-ed25519 AAAA",
    proxy: { host: "gate.example", privateKey: "secret" },
  });
  expect(text).not.toContain("secret");
  const [target = "", proxy = ""] = text.split(/^(?=Host proxy$)/m);
  for (const line of [
    "Host target",
    "  HostName 10.0.0.2",
    "  Port 2222",
    "  User ada",
    "  StrictHostKeyChecking yes",
    "  UserKnownHostsFile /tmp/x/target.known",
    "  IdentityFile /tmp/x/target.key",
    "  IdentitiesOnly yes",
    "  ConnectTimeout 15",
    "  BatchMode yes",
    "  ProxyJump proxy",
  ]) {
    expect(target.split("\n")).toContain(line);
  }
  for (const line of ["  HostName gate.example", "  Port 22", "  User root", "  StrictHostKeyChecking no"]) {
    expect(proxy.split("\n")).toContain(line);
  }
});

test("a password is asked for, so the connection is no batch", () => {
  expect(sshConfiguration("/tmp/x", { host: "h", password: "p" })).toContain("  BatchMode no\n");
});

test("a host that would be more than one word of the configuration is refused", () => {
  const { error } = connection.safeParse({ host: "h\n  ProxyCommand touch /tmp/x" });
  expect(error?.issues.map(({ path, message }) => [path, message])).toEqual([
    [["host"], "must not hold blanks, quotes or #"],
  ]);
});
