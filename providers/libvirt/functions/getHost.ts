import { z } from "zod";
import { pluginFunction } from "../../kit/functions.ts";
import type { Libvirt } from "../rpc/libvirt.ts";
import { connect, node } from "../rpc/procedures.ts";

/** What the host that libvirt runs on has for machines. */
interface Host {
  name: string;
  /** Processors that the kernel schedules on. */
  cores: number;
  /** MiB. */
  memory: number;
  /** MiB that nothing uses, the kernel's caches not counted as used by libvirt itself. */
  freeMemory: number;
  /** What `domainType: "auto"` comes to: "kvm" or "qemu" (emulation); "test" on libvirt's test driver. */
  acceleration: string;
  /** Of libvirt, "9.0.0". */
  version: string;
}

export const getHost = pluginFunction<object, Host, Libvirt>({
  token: "libvirt:index/getHost:getHost",
  inputs: z.strictObject({}),
  async call(context) {
    const [{ name }, info, { bytes }] = await Promise.all([
      context.call(connect.hostname, undefined),
      context.call(node.info, undefined),
      context.call(node.freeMemory, undefined),
    ]);
    return {
      name,
      cores: info.cpus,
      memory: Math.floor(info.memoryKiB / 1024),
      freeMemory: Math.floor(bytes / 2 ** 20),
      acceleration: context.isTest ? "test" : (await context.kvmUsable()) ? "kvm" : "qemu",
      version: context.version,
    };
  },
});
