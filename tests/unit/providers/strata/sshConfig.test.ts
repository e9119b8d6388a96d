import { knownHosts, sshConfiguration } from "../../../../providers/strata/access/sshConfig.ts";

const access = {
  stack: "lab",
  directory: "/home/ada/with space/.strata/stacks/lab",
  namespace: "strata-0a1b2c",
  hostPublicKey: "ssh-ed25519 AAAAC3Nza comment",
};

test("known_hosts is one line for all machines", () => {
  expect(knownHosts(access)).toBe("strata-lab ssh-ed25519 AAAAC3Nza\n");
});

test("the configuration of an embedded host goes through its namespace", () => {
  delete process.env.XDG_RUNTIME_DIR;
  const user = process.getuid?.() ?? 0;
  const lines = sshConfiguration(access).split("\n");
  expect(lines[2]).toBe('Include "/home/ada/with space/.strata/stacks/lab/machines/*.conf"');
  expect(lines).toContain("  ProxyCommand nsenter --net=/run/netns/strata-0a1b2c nc %h %p");
  expect(lines).toContain("  KexAlgorithms ^curve25519-sha256");
  expect(lines).toContain('  IdentityFile "/home/ada/with space/.strata/stacks/lab/id_ed25519"');
  expect(lines).toContain("  HostKeyAlias strata-lab");
  expect(lines).toContain("  StrictHostKeyChecking yes");
  const path =
    lines
      .find((line) => line.includes("ControlPath"))
      ?.trim()
      .split(" ")[1] ?? "";
  expect(path).toMatch(new RegExp(`^/tmp/strata-${user}-[0-9a-f]{6}/%C$`));
  // ssh binds the socket under a name of 40 + 17 characters first; the kernel takes 107.
  expect(path.length - "%C".length + 57).toBeLessThanOrEqual(107);
});

test("without a namespace ssh goes there itself", () => {
  const elsewhere = sshConfiguration({ ...access, namespace: undefined });
  expect(elsewhere).not.toContain("ProxyCommand");
  expect(elsewhere).not.toContain("KexAlgorithms");
});

test("machines that do not let root in are logged in to by another user", () => {
  const access = { stack: "lab", directory: "/s", hostPublicKey: "" };
  const users = [access, { ...access, user: "lab" }].map((one) => /^ {2}User (.*)$/m.exec(sshConfiguration(one))?.[1]);
  expect(users).toEqual(["root", "lab"]);
});
