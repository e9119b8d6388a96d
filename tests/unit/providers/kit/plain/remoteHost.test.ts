import { messageOf, asError } from "../../../../../providers/kit/plain/errors.ts";
import {
  remoteHostOf,
  remoteName,
  remoteOfUri,
  sshArguments,
  sshFailure,
} from "../../../../../providers/kit/plain/remoteHost.ts";

test.each([
  ["qemu+ssh://ada@lab1:2222/system?keyfile=/k", { host: "lab1", user: "ada", port: 2222, keyfile: "/k" }],
  ["qemu+ssh://lab1.example.org/system", { host: "lab1.example.org" }],
  ["ssh://root@[2001:db8::1]:22", { host: "2001:db8::1", user: "root", port: 22 }],
  [
    "ssh://lab1?known_hosts=/etc/known%20hosts&command=/opt/ssh",
    { host: "lab1", knownHosts: "/etc/known hosts", command: "/opt/ssh" },
  ],
  ["qemu:///system", undefined],
  ["qemu+unix:///system?socket=/run/x", undefined],
  ["qemu+ssh:///system", undefined],
  ["ssh://-oProxyCommand=id/system", undefined],
  ["ssh://-v/system", undefined],
  ["ssh://a b/system", undefined],
  ["ssh://lab1:123456/system", undefined],
])("%s is %j", (uri, expected) => {
  expect(remoteOfUri(uri)).toEqual(expected);
});

test("a name is as one types it", () => {
  const names = ["root@lab1:2222", "lab1", "[2001:db8::1]"].map((text) => remoteHostOf(text, new URLSearchParams())!);
  expect(names.map(remoteName)).toEqual(["root@lab1:2222", "lab1", "2001:db8::1"]);
});

test("ssh never asks, takes no new host key, and the host comes last, after what says how to reach it", () => {
  const plain = sshArguments({ host: "lab1" });
  expect(plain.slice(0, 3)).toEqual(["-T", "-e", "none"]);
  for (const option of ["BatchMode=yes", "StrictHostKeyChecking=yes", "ForwardAgent=no", "ControlPath=none"]) {
    expect(plain[plain.indexOf(option) - 1]).toBe("-o");
  }
  expect(plain.some((word) => word.startsWith("IdentityFile") || word.startsWith("UserKnownHostsFile"))).toBe(false);
  const given = { host: "lab1", user: "ada", port: 2222, keyfile: "/my keys/100%", knownHosts: "/k" };
  const full = sshArguments(given, { path: "/run/x-%C" });
  expect(full).toEqual(
    expect.arrayContaining([
      ...['IdentityFile="/my keys/100%%"', "IdentitiesOnly=yes", "UserKnownHostsFile=/k", "GlobalKnownHostsFile=none"],
      ...["ControlMaster=auto", "ControlPath=/run/x-%C"],
    ]),
  );
  expect(full.slice(-5)).toEqual(["-p", "2222", "-l", "ada", "lab1"]);
});

test.each([
  [
    "@@@@@\n@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.",
    "take the old one out of known_hosts",
  ],
  [
    "No ED25519 host key is known for lab1 and you have requested strict checking.\r\nHost key verification failed.",
    "log in once by hand, compare the key that it shows and accept it: ssh -p 2222 ada@lab1",
  ],
  [
    "ada@lab1: Permission denied (publickey).",
    "let your key in there (ssh-copy-id -p 2222 ada@lab1), or name the right one with ?keyfile=",
  ],
  [
    "ssh: Could not resolve hostname lab1: Name or service not known",
    "check its name, or give it one in ~/.ssh/config",
  ],
  ["ssh: connect to host lab1 port 2222: Connection refused", "check that it runs and that sshd listens there"],
  ["ssh: connect to host lab1 port 2222: No route to host", "check that it runs and that sshd listens there"],
  ["kex_exchange_identification: read: reset by peer", "try it by hand: ssh -p 2222 ada@lab1"],
])("of what ssh says, %j, the fix follows", (said, fix) => {
  const message = sshFailure({ host: "lab1", user: "ada", port: 2222 }, said, 255);
  expect(message.startsWith("ada@lab1:2222 can't be reached by ssh: ")).toBe(true);
  expect(message.endsWith(`; ${fix}`) || message.includes(fix)).toBe(true);
  expect(message).not.toMatch(/[\r\n]|@{5}/);
});

test("an ssh that says nothing is told by its status; one that says much by its last three lines", () => {
  expect(sshFailure({ host: "lab1" }, "\n", "SIGKILL")).toBe(
    "lab1 can't be reached by ssh: ssh ended with status SIGKILL; try it by hand: ssh lab1",
  );
  expect(sshFailure({ host: "lab1" }, "a\nb\nc\n\u001b[2Jd\n", 255)).toContain("by ssh: b; c; \\u{1b}[2Jd; ");
});

test.each<[unknown, string]>([
  [new Error("a"), "a"],
  ["a word", "a word"],
  [undefined, "undefined"],
  [{ message: "of another realm" }, "of another realm"],
  [{ message: 7 }, "[object Object]"],
  [new AggregateError([new Error("a"), "b", new AggregateError([new Error("c")])]), "a; b; c"],
])("what was thrown, %p, reads %s", (thrown, text) => {
  expect(messageOf(thrown)).toBe(text);
  expect(asError(thrown)).toBeInstanceOf(Error);
});
