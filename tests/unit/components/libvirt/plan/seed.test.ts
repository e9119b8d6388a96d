import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parse } from "yaml";
import { resourceNames } from "../../../../../components/libvirt/plan/naming.ts";
import { machineSeed } from "../../../../../components/libvirt/plan/seed.ts";

// Digits only: YAML 1.1 would read this address, unquoted, as a number to base 60.
const machine = { name: "edge-0", address: "10.16.64.1", mac: "02:00:10:10:40:01" };
const { machine: namesOf } = resourceNames("lab");
const seed = machineSeed({ ...machine, names: namesOf("edge-0") }, 16);
const userData = seed.userData({
  publicKey: "ssh-ed25519 AAAAuser strata\n",
  host: {
    publicKey: "ssh-ed25519 AAAAhost\n",
    privateKey: "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz\n-----END OPENSSH PRIVATE KEY-----\n",
  },
});

test("the three files, byte for byte", () => {
  expect(seed.metaData).toBe("instance-id: lab-edge-0\nlocal-hostname: edge-0\n");
  expect(seed.networkConfig).toBe(`version: 2
ethernets:
  eth0:
    match:
      macaddress: "02:00:10:10:40:01"
    addresses:
      - 10.16.64.1/16
`);
  expect(userData).toBe(`#cloud-config
disable_root: false
ssh_authorized_keys:
  - ssh-ed25519 AAAAuser strata
ssh_keys:
  ed25519_private: |
    -----BEGIN OPENSSH PRIVATE KEY-----
    b3BlbnNz
    -----END OPENSSH PRIVATE KEY-----
  ed25519_public: |
    ssh-ed25519 AAAAhost
`);
});

test("a YAML reader, as cloud-init has one, understands them", () => {
  expect(parse(seed.networkConfig, { version: "1.1" })).toEqual({
    version: 2,
    ethernets: { eth0: { match: { macaddress: "02:00:10:10:40:01" }, addresses: ["10.16.64.1/16"] } },
  });
  expect(parse(userData)).toEqual({
    disable_root: false,
    ssh_authorized_keys: ["ssh-ed25519 AAAAuser strata"],
    ssh_keys: {
      ed25519_private: "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz\n-----END OPENSSH PRIVATE KEY-----\n",
      ed25519_public: "ssh-ed25519 AAAAhost\n",
    },
  });
});

/** The scripts with which our machine image's initramfs reads a seed. */
function awk(script: string, input: string, ...options: string[]): string {
  const file = join(import.meta.dirname, "../../../../../artifacts/machine-image/files", script);
  const { status, stdout, stderr } = spawnSync("awk", [...options, "-f", file], { input, encoding: "utf8" });
  if (status !== 0) throw new Error(`awk -f ${file} failed: ${stderr}`);
  return stdout;
}

test("our machine image understands them", () => {
  expect(awk("parse-network.awk", seed.networkConfig)).toBe(
    "mac='02:00:10:10:40:01' addresses='10.16.64.1/16' gateway=''\n",
  );
  const key = (name: string) => awk("parse-keys.awk", userData, "-v", `key=${name}`);
  expect(key("ed25519_private")).toBe(
    "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz\n-----END OPENSSH PRIVATE KEY-----\n",
  );
  expect(key("ed25519_public")).toBe("ssh-ed25519 AAAAhost\n");
  expect(key("ssh_authorized_keys")).toBe("ssh-ed25519 AAAAuser strata\n");
});
