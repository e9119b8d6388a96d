import * as libvirt from "@pulumi/libvirt";
import * as pulumi from "@pulumi/pulumi";
import { Reachable, type Credentials } from "@strata/resources";
import { hostKeyOf } from "../../providers/strata/access/hostKey.ts";
import type { MachineResource } from "../infrastructure.ts";
import { resourceNames } from "../plan/naming.ts";
import { machineSeed } from "../plan/seed.ts";
import type { MachinePlan } from "../plan/types.ts";
import type { Site } from "./site.ts";

/** What the machines of one testbed share. */
export interface SharedResources {
  stack: string;
  place?: string;
  prefixLength: number;
  credentials: Credentials;
}

/**
 * Without anything new on the machine's console; where that is another host's, in all. A machine that boots alone on an
 * idle emulated host takes 12 s; eight at once on two cores took 75 s.
 */
const bootLimitSeconds = { local: 300, remote: 1800 };

/**
 * Programs at the same addresses each time: QEMU 7.2 keeps translated code by address, and translates a program that is
 * elsewhere anew. An idle node of a cluster filled its cache of 1 GiB, and so lost all of it, every other minute.
 */
const emulatedOption = "norandmaps";

/** One virtual machine: a disk that overlays the image, a seed that says who it is, and the domain itself. */
export function libvirtMachine(
  shared: SharedResources,
  { host, pool, network, image, joined }: Site,
  plan: MachinePlan,
  parent: { parent: pulumi.Resource },
): MachineResource {
  const opts = { ...parent, provider: host.provider };
  const names = resourceNames(shared.stack, shared.place).machine(plan.name);
  const consoleLog = `${host.consoleDirectory}/${names.domain}-console.log`;

  const seed = new libvirt.CloudInitDisk(
    `${plan.name}-seed`,
    { name: names.seed, pool: pool.name, ...seedText(shared, plan) },
    opts,
  );
  const disk = new libvirt.Volume(
    `${plan.name}-disk`,
    {
      name: names.disk,
      pool: pool.name,
      baseVolumeId: image.disk.id,
      format: "qcow2",
      size: plan.diskGiB * 2 ** 30,
    },
    opts,
  );
  const domain = new libvirt.Domain(
    plan.name,
    {
      name: names.domain,
      vcpu: plan.cpus,
      memory: plan.memoryMiB,
      cpuQuota: plan.quota,
      // "maximum" under emulation: all that QEMU can emulate; the workload's libraries need x86-64-v2.
      cpu: { mode: host.accelerator === "kvm" ? "host-passthrough" : "maximum" },
      domainType: host.accelerator === "kvm" ? "kvm" : "qemu",
      kernel: image.kernel.id,
      initrd: image.initramfs.id,
      cmdlines: [{ _: host.accelerator === "kvm" ? image.cmdline : `${image.cmdline} ${emulatedOption}` }],
      disks: [
        { volumeId: disk.id, diskRead: bytesPerSecond(plan.readMBps), diskWrite: bytesPerSecond(plan.writeMBps) },
        { volumeId: seed.id },
      ],
      networkInterfaces: [{ networkId: network.id, mac: plan.mac }],
      consoleLog,
    },
    opts,
  );
  const ready = new Reachable(
    `${plan.name}-reachable`,
    {
      stack: shared.stack,
      machine: plan.name,
      address: plan.address,
      machineId: domain.id,
      timeoutSeconds: bootLimitSeconds[host.remote === undefined ? "local" : "remote"],
      hostPublicKey: hostKey(shared, plan.name).told,
      // On another host it is none of this one's files.
      consoleLog: host.remote === undefined ? consoleLog : undefined,
      through: host.remote?.uri,
    },
    // Not deletedWith the domain: ssh is to forget the machine's name.
    { ...parent, dependsOn: [domain, shared.credentials, ...joined] },
  );
  return { machine: domain, ready };
}

/** What the machine shows to ssh, and what ssh is to be told of it: nothing where all machines share the stack's key. */
function hostKey({ credentials }: SharedResources, machine: string) {
  const { hostPublicKey, hostPrivateKey } = credentials;
  return {
    pair: pulumi
      .all([hostPublicKey, hostPrivateKey])
      .apply(([publicKey, privateKey]) => hostKeyOf(privateKey, machine) ?? { publicKey, privateKey }),
    // The public half alone, which is no secret.
    told: pulumi.unsecret(hostPrivateKey.apply((seed) => hostKeyOf(seed, machine)?.publicKey)),
  };
}

function seedText(shared: SharedResources, plan: MachinePlan) {
  const seed = machineSeed(plan, shared.stack, shared.prefixLength, shared.place);
  return {
    metaData: seed.metaData,
    networkConfig: seed.networkConfig,
    userData: pulumi
      .all([shared.credentials.publicKey, hostKey(shared, plan.name).pair])
      .apply(([publicKey, host]) => seed.userData({ publicKey, host })),
  };
}

function bytesPerSecond(megabytesPerSecond: number | undefined): number | undefined {
  return megabytesPerSecond === undefined ? undefined : megabytesPerSecond * 1e6;
}
