// What machines are on each kind of host, and in stacks of each age.
import { parse } from "yaml";
import { readTestbed } from "../../../components/standing/read.ts";
import { hostKeyOf, newHostKeySeed } from "../../../providers/strata/access/hostKey.ts";
import { keys, libvirtd, registrationsOf, warnings } from "../../support/registrations.ts";

test("each machine has a host key of its own, which ssh is told of; machines of an older stack keep theirs", async () => {
  const machines = ["cloud-0", "edge-0", "endpoint-0"];
  const tiers = { cloud: { count: 1 }, edge: { count: 1 }, endpoint: { count: 1 } };
  const { registrations: older } = await registrationsOf("lab", { tiers });
  for (const { inputs } of older.filter(({ type }) => type === "strata:net:Reachable"))
    expect(inputs).not.toHaveProperty("hostPublicKey");
  const shared = keys.hostPrivateKey;
  keys.hostPrivateKey = newHostKeySeed();
  const { registrations: own } = await registrationsOf("lab", { tiers });
  for (const machine of machines) {
    const seed = own.find(({ name }) => name === `${machine}-seed`);
    const ready = own.find(({ name }) => name === `${machine}-reachable`);
    const { publicKey, privateKey } = hostKeyOf(keys.hostPrivateKey, machine)!;
    const { ssh_keys: inSeed } = parse(seed?.inputs.userData as string) as { ssh_keys: Record<string, string> };
    expect([inSeed.ed25519_private, inSeed.ed25519_public]).toEqual([privateKey, `${publicKey}\n`]);
    expect([ready?.inputs.hostPublicKey, ready?.secrets]).toEqual([publicKey, []]);
  }
  keys.hostPrivateKey = shared;
});

test("where a libvirtd of the host's own answers, it has the machines, in the distributions' folders", async () => {
  libvirtd.answers = true;
  const { testbed: lab, registrations: own } = await registrationsOf("lab", { tiers: { cloud: { count: 1 } } });
  libvirtd.answers = false;
  const inputs = (type: string) => own.filter((one) => one.type === type).map((one) => one.inputs);
  expect(inputs("pulumi:providers:libvirt")).toEqual([{ uri: "qemu:///system" }]);
  expect(inputs("strata:host:Embedded")).toEqual([]);
  expect(inputs("libvirt:index/pool:Pool")).toMatchObject([{ target: { path: "/var/lib/libvirt/images/strata-lab" } }]);
  expect(inputs("libvirt:index/domain:Domain")).toMatchObject([
    { consoleLog: "/var/log/libvirt/qemu/lab-cloud-0-console.log" },
  ]);
  expect(inputs("strata:access:Credentials")).toEqual([{ stack: "lab", passwords: [] }]);
  const { provider, ssh } = readTestbed(lab, "lab");
  expect([provider, ssh]).toEqual([{ kind: "libvirt", host: "system", accelerator: "tcg" }, { user: "root" }]);
});

test("with KVM machines have the host's own processor, and nothing is said of emulation", async () => {
  libvirtd.accelerator = "kvm";
  warnings.length = 0;
  const { testbed: lab, registrations: own } = await registrationsOf("lab", { tiers: { cloud: { count: 1 } } });
  libvirtd.accelerator = "tcg";
  expect(own.find(({ type }) => type === "libvirt:index/domain:Domain")?.inputs).toMatchObject({
    cpu: { mode: "host-passthrough" },
    cmdlines: [{ _: "root=/dev/vda rw" }],
    domainType: "kvm",
  });
  expect(readTestbed(lab, "lab").provider.accelerator).toBe("kvm");
  expect(warnings).toEqual([]);
});
