import { z } from "zod";
import { pluginFunction } from "../../kit/functions.ts";
import type { Libvirt } from "../rpc/libvirt.ts";
import { connect, node } from "../rpc/procedures.ts";

const host = z.strictObject({
  name: z.string().describe("Host name."),
  cores: z.int().describe("Processors that the kernel schedules on."),
  memory: z.int().describe("MiB."),
  freeMemory: z.int().describe("MiB that nothing uses, the kernel's caches not counted as used by libvirt itself."),
  acceleration: z
    .string()
    .describe('What domainType "auto" comes to: "kvm" or "qemu" (emulation); "test" on libvirt\'s test driver.'),
  version: z.string().describe('Version of libvirt, "9.0.0".'),
});

export const getHost = pluginFunction<object, z.infer<typeof host>, Libvirt>({
  token: "libvirt:index/getHost:getHost",
  description: "What the host that libvirt runs on has for machines.",
  inputs: z.strictObject({}),
  outputs: host,
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
