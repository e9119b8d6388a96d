import * as libvirt from "@pulumi/libvirt";
import * as pulumi from "@pulumi/pulumi";
import { join } from "node:path";
import { cacheDirectory } from "../../local/cacheDirectory.ts";
import { bootOf } from "./boot.ts";
import type { MachineKeys, ProvidedMachine } from "../infrastructure.ts";
import type { LibvirtMachinePlan, LibvirtPlan } from "./plan/plan.ts";
import { machineSeed } from "./plan/seed.ts";
import type { Site } from "./site.ts";

type Machine = LibvirtMachinePlan & Pick<LibvirtPlan["network"], "prefixLength"> & Pick<LibvirtPlan, "leaseSeconds">;

/**
 * Without anything new on the machine's console; where that is another host's, in all. A machine that boots alone on an
 * idle emulated host takes 12 s; eight at once on two cores took 75 s.
 */
const bootLimitSeconds = { local: 300, remote: 1800 };

/** Where a prepared machine is kept, for all testbeds and after them. */
const preparedDirectory = (key: string): string => join(cacheDirectory(), "prepared", key);

/**
 * One virtual machine: a disk that overlays the image, a seed that says who it is, and the domain itself.
 *
 * @param prepared key of the machine that it starts as a copy of; undefined: it boots.
 */
export function libvirtMachine(
  site: Site,
  plan: Machine,
  keys: MachineKeys,
  prepared: string | undefined,
  parent: { parent: pulumi.Resource },
): ProvidedMachine {
  const { host, pool, network, image, joined } = site;
  const opts = { ...parent, provider: host.provider };
  const { names } = plan;
  const consoleLog = `${host.consoleDirectory}/${names.domain}-console.log`;

  const seed = new libvirt.CloudInitDisk(
    `${plan.name}-seed`,
    { name: names.seed, pool: pool.name, ...seedText(plan, keys) },
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
      ...bootOf(site),
      kernel: image.kernel.id,
      initrd: image.initramfs.id,
      disks: [
        { volumeId: disk.id, diskRead: bytesPerSecond(plan.readMBps), diskWrite: bytesPerSecond(plan.writeMBps) },
        { volumeId: seed.id },
      ],
      networkInterfaces: [{ networkId: network.id, mac: plan.mac }],
      prepared: prepared && preparedDirectory(prepared),
      consoleLog,
      lease: plan.leaseSeconds,
    },
    opts,
  );
  const provided = { machine: domain, after: joined };
  // On another host the console is none of this one's files.
  return host.remote === undefined
    ? { ...provided, timeoutSeconds: bootLimitSeconds.local, consoleLog }
    : { ...provided, timeoutSeconds: bootLimitSeconds.remote, through: host.remote.uri };
}

function seedText(plan: Machine, { publicKey, host }: MachineKeys) {
  const seed = machineSeed(plan, plan.prefixLength);
  return {
    metaData: seed.metaData,
    networkConfig: seed.networkConfig,
    userData: pulumi.all([publicKey, host]).apply(([user, shown]) => seed.userData({ publicKey: user, host: shown })),
  };
}

function bytesPerSecond(megabytesPerSecond: number | undefined): number | undefined {
  return megabytesPerSecond === undefined ? undefined : megabytesPerSecond * 1e6;
}
