import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { contentHash } from "../../../components/software/contentHash.ts";
import { readTestbed } from "../../../components/standing/read.ts";
import { loadTestbed } from "../../../components/experiment/whole/load.ts";
import type { TestbedArgs } from "../../../components/experiment/whole/testbed.ts";
import {
  diskChecksum,
  host,
  imageDirectory,
  imageKey,
  registrationsOf,
  type Registration,
} from "../../support/registrations.ts";

const root = join(import.meta.dirname, "../../..");
const loaded = loadTestbed(readFileSync(join(root, "stacks/quickstart.yaml"), "utf8"));
if (!loaded.ok) throw new Error("stacks/quickstart.yaml is not right");
const { testbed, registrations } = await registrationsOf("quickstart", loaded.args);

const line = ({ parent, type, name }: Registration) => `${parent} > ${type} ${name}`;
const only = (type: string, name: string): Registration => {
  const found = registrations.filter((one) => one.type === type && one.name === name);
  expect(found).toHaveLength(1);
  return found[0]!;
};

const machineResources = (tier: string, name: string) => [
  `${tier} > strata:index:Machine ${name}`,
  `${name} > libvirt:index/cloudInitDisk:CloudInitDisk ${name}-seed`,
  `${name} > libvirt:index/domain:Domain ${name}`,
  `${name} > libvirt:index/volume:Volume ${name}-disk`,
  `${name} > strata:net:Reachable ${name}-reachable`,
];

const onMachine = (name: string) => [
  `${name} > command:local:Command ${name}-software`,
  `${name} > strata:net:Shaping ${name}-shaping`,
];

const sharedResources = (testbed: string) => [
  ` > strata:index:Testbed ${testbed}`,
  `${testbed} > libvirt:index/network:Network network`,
  `${testbed} > libvirt:index/pool:Pool pool`,
  `${testbed} > libvirt:index/volume:Volume image-disk`,
  `${testbed} > libvirt:index/volume:Volume image-initramfs`,
  `${testbed} > libvirt:index/volume:Volume image-kernel`,
  `${testbed} > pulumi:providers:libvirt libvirt`,
  `${testbed} > strata:access:Credentials credentials`,
  `${testbed} > strata:host:Embedded host`,
];

test("what the quickstart is made of", () => {
  expect(registrations.map(line).sort()).toEqual(
    [
      ...sharedResources("quickstart"),
      "quickstart > strata:index:Tier cloud",
      "quickstart > strata:index:Tier edge",
      "quickstart > strata:index:Tier endpoint",
      "quickstart > strata:net:Link cloud-edge",
      "quickstart > strata:net:Link cloud-endpoint",
      "quickstart > strata:net:Link edge-endpoint",
      ...machineResources("cloud", "cloud-0"),
      ...machineResources("edge", "edge-0"),
      ...machineResources("endpoint", "endpoint-0"),
      ...["cloud-0", "edge-0", "endpoint-0"].flatMap(onMachine),
    ].sort(),
  );
});

test("a larger testbed, with two tiers and neither link nor software, has names by tier and index", async () => {
  const { registrations: larger } = await registrationsOf("lab", {
    tiers: { cloud: { count: 2 }, endpoint: { count: 30 } },
  });
  const names = (tier: string, count: number) => Array.from({ length: count }, (_, index) => `${tier}-${index}`);
  expect(larger.map(line).sort()).toEqual(
    [
      ...sharedResources("lab"),
      "lab > strata:index:Tier cloud",
      "lab > strata:index:Tier endpoint",
      ...names("cloud", 2).flatMap((name) => machineResources("cloud", name)),
      ...names("endpoint", 30).flatMap((name) => machineResources("endpoint", name)),
    ].sort(),
  );
});

test("the domain of a machine", () => {
  expect(only("libvirt:index/domain:Domain", "cloud-0").inputs).toEqual({
    name: "quickstart-cloud-0",
    vcpu: 2,
    memory: 1024,
    cpu: { mode: "maximum" },
    domainType: "qemu",
    kernel: "image-kernel.id",
    initrd: "image-initramfs.id",
    cmdlines: [{ _: "root=/dev/vda rw norandmaps" }],
    disks: [{ volumeId: "cloud-0-disk.id" }, { volumeId: "cloud-0-seed.id" }],
    networkInterfaces: [{ networkId: "network.id", mac: "02:00:0a:64:00:01" }],
    prepared: expect.stringMatching(/\/prepared\/[0-9a-f]{16}$/) as string,
    consoleLog: "/run/strata/7ac138/console/quickstart-cloud-0-console.log",
  });
});

test("machines of one shape start from one prepared machine; where they boot, from none", async () => {
  const preparedOf = async (args: object): Promise<unknown[]> => {
    const { registrations: found } = await registrationsOf("lab", args as TestbedArgs);
    return found.filter(({ type }) => type === "libvirt:index/domain:Domain").map(({ inputs }) => inputs.prepared);
  };
  const tiers = { cloud: { count: 2, cpus: 2 }, endpoint: { count: 1, cpus: 1, quota: 0.5 } };
  const [first, second, third] = await preparedOf({ tiers });
  expect(second).toBe(first);
  expect(third).not.toBe(first);
  // What they may take of the host is nothing that a machine sees.
  const [, , unlimited] = await preparedOf({ tiers: { ...tiers, endpoint: { count: 1, cpus: 1 } } });
  expect(unlimited).toBe(third);
  expect(await preparedOf({ tiers, machines: { boot: "cold" } })).toEqual([undefined, undefined, undefined]);
});

test("what a machine may take of its host", async () => {
  const tiers = {
    cloud: { cpus: 4, memory: "2 GiB", quota: 0.25, disk: "20 GiB", readSpeed: "50 MB/s", writeSpeed: "10 MB/s" },
  };
  const { registrations: limited } = await registrationsOf("lab", { tiers } as TestbedArgs);
  const domain = limited.find(({ type }) => type === "libvirt:index/domain:Domain");
  expect(domain?.inputs).toMatchObject({
    vcpu: 4,
    memory: 2048,
    cpuQuota: 0.25,
    disks: [
      { volumeId: "cloud-0-disk.id", diskRead: 50_000_000, diskWrite: 10_000_000 },
      { volumeId: "cloud-0-seed.id" },
    ],
  });
  expect(limited.find(({ name }) => name === "cloud-0-disk")?.inputs.size).toBe(20 * 2 ** 30);
});

test("who a machine is comes from its seed, whose keys are secret", () => {
  const seed = only("libvirt:index/cloudInitDisk:CloudInitDisk", "edge-0-seed");
  expect(seed.secrets).toEqual(["userData"]);
  expect(seed.inputs).toEqual({
    name: "quickstart-edge-0-seed.iso",
    pool: "strata-quickstart",
    metaData: "instance-id: quickstart-edge-0\nlocal-hostname: edge-0\n",
    networkConfig:
      'version: 2\nethernets:\n  eth0:\n    match:\n      macaddress: "02:00:0a:64:40:01"\n    addresses:\n      - 10.100.64.1/16\n',
    userData:
      "#cloud-config\ndisable_root: false\nssh_authorized_keys:\n  - credentials.publicKey\nssh_keys:\n" +
      "  ed25519_private: |\n    credentials.hostPrivateKey\n  ed25519_public: |\n    credentials.hostPublicKey\n",
  });
});

test("a machine's disk overlays the image, which is uploaded once", () => {
  expect(only("libvirt:index/volume:Volume", "endpoint-0-disk").inputs).toEqual({
    name: "quickstart-endpoint-0.qcow2",
    pool: "strata-quickstart",
    baseVolumeId: "image-disk.id",
    format: "qcow2",
    size: 8 * 2 ** 30,
  });
  expect(only("libvirt:index/volume:Volume", "image-disk").inputs).toEqual({
    name: `image-${imageKey(["mqtt", "workload"])}-disk`,
    pool: "strata-quickstart",
    source: `${imageDirectory}/disk.qcow2`,
    sourceSha256: diskChecksum.sha256,
    sourceModifiedMs: diskChecksum.modifiedMs,
    format: "qcow2",
  });
});

test("what a machine does to what it sends", () => {
  const shaping = only("strata:net:Shaping", "endpoint-0-shaping");
  expect(shaping.deletedWith).toBe("endpoint-0");
  expect(shaping.inputs).toEqual({
    stack: "quickstart",
    machine: "endpoint-0",
    address: "10.100.128.1",
    device: "eth0",
    scheme: 2,
    machineId: "endpoint-0.id",
    rules: {
      cloud: { cidr: "10.100.0.0/18", latencyMs: 45, jitterMs: 5, rateMbit: 7.21, lossPercent: 0, limitPackets: 1000 },
      edge: {
        cidr: "10.100.64.0/18",
        latencyMs: 7.5,
        jitterMs: 2.5,
        rateMbit: 7.21,
        lossPercent: 0,
        limitPackets: 1000,
      },
      endpoint: {
        cidr: "10.100.128.0/18",
        latencyMs: 15,
        jitterMs: 3.54,
        rateMbit: 7.21,
        lossPercent: 0,
        limitPackets: 1000,
      },
    },
  });
});

test("the software of a machine", () => {
  const software = only("command:local:Command", "edge-0-software");
  const role = (name: string, variables: object) =>
    JSON.stringify({ hash: contentHash(join(root, "ansible/roles", name)), variables });
  expect(software.deletedWith).toBe("edge-0");
  expect(software.inputs).toEqual({
    create: 'exec "${STRATA_NODE:-node}" components/software/runPhase.ts',
    delete: 'exec "${STRATA_NODE:-node}" components/software/runPhase.ts undo',
    logging: "stderr",
    environment: {
      STRATA_STACK: "quickstart",
      STRATA_MACHINE: "edge-0",
      STRATA_ADDRESS: "10.100.64.1",
      STRATA_ROLES: "base mqtt",
      STRATA_ROLE_base: role("base", {}),
      STRATA_ROLE_mqtt: role("mqtt", {}),
    },
    triggers: ["edge-0.id"],
  });
  expect(software.secrets).toEqual([]);
});

test("all that libvirt has is managed by the testbed's own connection", () => {
  const providers = registrations.filter(({ type }) => type.startsWith("libvirt:")).map(({ provider }) => provider);
  expect(new Set(providers)).toEqual(new Set(["pulumi:providers:libvirt"]));
  expect(only("pulumi:providers:libvirt", "libvirt").inputs).toEqual({
    uri: "qemu+unix:///system?socket=/run/strata/7ac138/libvirt-sock",
  });
});

test("libvirt is asked for nothing before the host runs, but its plugin starts beside it", () => {
  expect(only("pulumi:providers:libvirt", "libvirt").after).toEqual([]);
  const comesAfter = (name: string): string[] => {
    const own = registrations.find((one) => one.custom && one.name === name)?.after ?? [];
    return [...own, ...own.flatMap(comesAfter)];
  };
  const onLibvirt = registrations.filter(({ type }) => type.startsWith("libvirt:"));
  expect(onLibvirt).toHaveLength(14);
  for (const { name } of onLibvirt) expect([name, comesAfter(name).includes("host")]).toEqual([name, true]);
});

test("the outputs fulfil the contract, and say what the host is", () => {
  const read = readTestbed(testbed, "quickstart");
  expect(read.provider).toEqual({ kind: "libvirt", host: "embedded", accelerator: "tcg" });
  expect(read.ssh).toEqual({ user: "root", namespace: "strata-7ac138" });
  expect(read.machines.map(({ name, address }) => [name, address])).toEqual([
    ["cloud-0", "10.100.0.1"],
    ["edge-0", "10.100.64.1"],
    ["endpoint-0", "10.100.128.1"],
  ]);
});

describe("refused before any resource is registered", () => {
  const refusal = async (args: unknown): Promise<unknown> => {
    try {
      await registrationsOf("lab", args as TestbedArgs);
      return "accepted";
    } catch (error) {
      return error;
    }
  };

  test("wrong arguments, all problems at once", async () => {
    const error = await refusal({
      tiers: { cloud: { count: 1, memry: "1 GiB" }, edge: { memory: "64 MiB" } },
      links: { preset: "6g" },
      software: [{ kind: "mqtt", on: "endpoint" }],
    });
    expect(error).toBeInstanceOf(pulumi.RunError);
    expect((error as Error).message.split("\n")).toEqual([
      'tiers.cloud.memry: is not a known key; did you mean "memory"?',
      'links.preset: "6g" is not allowed here; did you mean "4g"?',
    ]);
  });

  test("more memory than the host has, and addresses that it uses", async () => {
    Object.assign(host, { memoryMiB: 2000, routes: ["10.9.0.0/16"] });
    const error = await refusal({
      provider: { kind: "libvirt", network: "10.9.0.0/16" },
      tiers: { cloud: { count: 2 } },
    });
    Object.assign(host, { memoryMiB: 1_000_000, routes: [] });
    expect(error).toBeInstanceOf(pulumi.RunError);
    expect((error as Error).message.split("\n")).toEqual([
      "tiers: 2 machines need 2228 MiB (with 90 MiB each for QEMU), the host has 2000 MiB; use fewer or smaller machines (count, memory), or build it all the same with --force",
      'provider.network: the testbed\'s addresses 10.9.0.0/16 overlap 10.9.0.0/16, to which the host has a route; choose another range, for example network: "10.200.0.0/16", or build it all the same with --force',
    ]);
  });
});
