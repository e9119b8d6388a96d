import * as pulumi from "@pulumi/pulumi";
import { readTestbed } from "../../../components/standing/read.ts";
import type { HostLook } from "../../../components/libvirt/plan/hosts.ts";
import type { TestbedArgs } from "../../../components/experiment/whole/testbed.ts";
import { editOf, opsOf } from "../../support/ops.ts";
import { diskChecksum, looks, registrationsOf } from "../../support/registrations.ts";

const uri = (host: string): string => `qemu+ssh://root@${host}/system?keyfile=/k`;
const look = (host: string, address: string, holds: string[] = []): HostLook => ({
  ...{ uri: uri(host), address, holds, cores: 4, memoryMiB: 8192, accelerator: "kvm", mtu: 1500, routes: [] },
  // The machine image is for this machine.
  arch: process.arch === "arm64" ? "aarch64" : "x86_64",
});
const args = (endpoints: number, hosts = ["lab1", "lab2"]): TestbedArgs => ({
  provider: { kind: "libvirt", hosts: hosts.map(uri), network: "10.83.0.0/16" },
  tiers: { cloud: { count: 1, on: "lab2" }, endpoint: { count: endpoints } },
});
const build = async (endpoints: number, found: HostLook[]) => {
  looks.splice(0, looks.length, ...found);
  return registrationsOf("lab", args(endpoints, found.length === 3 ? ["lab1", "lab2", "lab3"] : undefined));
};
const two = (...holds: string[][]) => [look("lab1", "192.0.2.1", holds[0]), look("lab2", "192.0.2.2", holds[1])];

test("each host has its own provider, pool, network, image and end of the overlay; each machine is on one", async () => {
  const { registrations, testbed } = await build(2, two());
  const find = (name: string) => registrations.find((one) => one.custom && one.name === name);
  for (const [host, local, peer, bridgeAddress] of [
    ["lab1", "192.0.2.1", "192.0.2.2", "10.83.255.254"],
    ["lab2", "192.0.2.2", "192.0.2.1", "10.83.255.253"],
  ] as const) {
    expect(find(`libvirt-${host}`)?.inputs).toEqual({ uri: uri(host) });
    expect(find(`network-${host}`)?.inputs).toMatchObject({
      ...{ name: "strata-lab", mtu: 1450, addresses: ["10.83.0.0/16"], hostAddresses: [bridgeAddress] },
    });
    expect(find(`image-disk-${host}`)?.inputs).toMatchObject({ sourceSha256: diskChecksum.sha256 });
    const bridge = find(`network-${host}`)?.inputs.bridge;
    expect(find(`overlay-${host}`)?.inputs).toMatchObject({
      ...{ uri: uri(host), bridge, mtu: 1450, local, peers: [peer], networkId: `network-${host}.id` },
    });
  }
  expect(find("overlay-lab1")?.inputs.vni).toBe(find("overlay-lab2")?.inputs.vni);
  const read = readTestbed(testbed, "lab");
  expect(read.provider).toEqual({ kind: "libvirt", host: "remote", accelerator: "kvm", reach: "ssh" });
  expect(read.network.hostAddresses).toEqual({ lab1: "10.83.255.254", lab2: "10.83.255.253" });
  expect(read.machines.map(({ name, host }) => [name, host])).toEqual([
    ["cloud-0", "lab2"],
    ["endpoint-0", "lab1"],
    ["endpoint-1", "lab1"],
  ]);
  for (const { name, host } of read.machines) {
    expect(find(name)?.inputs.networkInterfaces).toMatchObject([{ networkId: `network-${host}.id` }]);
    expect(find(`${name}-disk`)?.inputs.baseVolumeId).toBe(`image-disk-${host}.id`);
    expect(find(`${name}-reachable`)?.inputs.through).toBe(uri(host ?? ""));
    expect(find(`${name}-reachable`)?.after).toContain(`overlay-${host}`);
  }
});

test("a machine more, or a host more, moves no machine that is there", async () => {
  const before = await build(2, two());
  const there = two(["endpoint-0", "endpoint-1"], ["cloud-0"]);
  expect(opsOf(editOf(before.registrations, (await build(3, there)).registrations))).toMatchObject({
    ...{ create: 4, update: 0, replace: 0, delete: 0 },
  });
  const larger = editOf(before.registrations, (await build(2, [...there, look("lab3", "192.0.2.3")])).registrations);
  expect(larger).toMatchObject({ update: ["overlay-lab1", "overlay-lab2"], replace: [], delete: [] });
  expect(larger.create.every((name) => name.endsWith("-lab3"))).toBe(true);
});

test("a cluster on several hosts: each node has a tunnel to the mirror, and the API is reached through the control plane", async () => {
  const cluster = async (count: number) => {
    looks.splice(0, looks.length, ...two());
    const cloud = { count, cpus: 2, memory: "1.75 GiB", on: "lab2" } as const;
    return registrationsOf("lab", {
      provider: args(1).provider,
      tiers: { cloud, endpoint: { count: 1 } },
      software: [{ kind: "kubernetes" }],
    });
  };
  const { registrations } = await cluster(2);
  const find = (name: string) => registrations.find((one) => one.custom && one.name === name);
  expect(find("mirror")?.inputs).toEqual({ stack: "lab" });
  for (const [name, address] of [
    ["cloud-0", "10.83.0.1"],
    ["cloud-1", "10.83.0.2"],
  ] as const) {
    const tunnel = { stack: "lab", machine: name, address, port: 5000, machineId: `${name}.id` };
    expect(find(`${name}-mirror`)).toMatchObject({ inputs: tunnel, after: [name, `${name}-reachable`, "mirror"] });
    expect(find(`${name}-mirror`)?.deletedWith).toBe("");
    expect(find(`${name}-software`)?.after).toContain(`${name}-mirror`);
    const environment = JSON.stringify(find(`${name}-software`)?.inputs);
    expect(environment).toContain("http://127.0.0.1:5000");
    expect(environment).not.toContain("http://10.83");
  }
  expect(find("endpoint-0-mirror")).toBeUndefined();
  expect(find("kubernetes-api")?.inputs).toEqual({ stack: "lab", through: "10.83.0.1", target: "10.83.0.1:6443" });
  expect(find("kubernetes-api")?.after).toEqual(["cloud-0-software"]);
  const more = editOf(registrations, (await cluster(3)).registrations);
  expect(more).toMatchObject({ update: [], replace: [], delete: [] });
  expect(more.create.every((name) => name.startsWith("cloud-2"))).toBe(true);
});

test("what is wrong with hosts is refused before anything is registered", async () => {
  const refused = build(9, [look("lab1", "192.0.2.1"), { uri: uri("lab2"), error: "root@lab2 is off; switch it on" }]);
  await expect(refused).rejects.toBeInstanceOf(pulumi.RunError);
  await expect(refused).rejects.toThrow("provider.hosts[1]: root@lab2 is off; switch it on");
  await expect(build(30, two())).rejects.toThrow(
    /the machines don't fit on .*lab1 \d+ of 8192 MiB, lab2 \d+ of 8192 MiB/,
  );
});
