import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostKeyOf, newHostKeySeed, type HostKey } from "../../../../providers/strata/access/hostKey.ts";

const directory = mkdtempSync(join(tmpdir(), "host-key-"));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

const seed = newHostKeySeed();
const key = (machine: string, from = seed): HostKey => {
  const found = hostKeyOf(from, machine);
  if (found === undefined) throw new Error("not a seed");
  return found;
};

// Names of all lengths up to eight more than the padding's period: each has another padding.
test.each(Array.from({ length: 16 }, (_, index) => "m".repeat(index + 1)))(
  "OpenSSH reads the private key of %s, signs with it, and finds the same public key",
  (machine) => {
    const { privateKey, publicKey } = key(machine);
    const file = join(directory, machine);
    writeFileSync(file, privateKey, { mode: 0o600 });
    expect(execFileSync("ssh-keygen", ["-y", "-P", "", "-f", file], { encoding: "utf8" }).trim()).toBe(publicKey);
    writeFileSync(`${file}.text`, "text");
    execFileSync("ssh-keygen", ["-q", "-Y", "sign", "-n", "test", "-f", file, `${file}.text`], { stdio: "pipe" });
    writeFileSync(`${file}.signers`, `any ${publicKey}\n`);
    const verify = ["-Y", "verify", "-n", "test", "-I", "any", "-f", `${file}.signers`, "-s", `${file}.text.sig`];
    expect(execFileSync("ssh-keygen", verify, { input: "text", encoding: "utf8" })).toMatch(/^Good "test" signature/);
  },
);

test("a machine's key is its own, and the same whenever it is asked for", () => {
  expect(key("cloud-0")).toEqual(key("cloud-0"));
  const publicOf = ({ publicKey }: HostKey) => publicKey.split(" ")[1];
  const all = [key("cloud-0"), key("cloud-1"), key("cloud-0", newHostKeySeed())].map(publicOf);
  expect(new Set(all).size).toBe(3);
});

test("an older stack's one key is not taken for a seed", () => {
  expect(hostKeyOf("-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbg==\n", "cloud-0")).toBeUndefined();
});
