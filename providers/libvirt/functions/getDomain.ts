import { z } from "zod";
import { ProviderError } from "../../kit/plain/errors.ts";
import { pluginFunction } from "../../kit/functions.ts";
import { objectName } from "../resources/names.ts";
import { ifExists } from "../rpc/errors.ts";
import type { Libvirt } from "../rpc/libvirt.ts";
import { domains } from "../rpc/procedures.ts";
import { readDomain } from "../xml/readDomain.ts";

const networkInterface = z
  .strictObject({
    mac: z.string().describe("Hardware address."),
    networkName: z.string().optional().describe("Name of libvirt's network."),
    bridge: z.string().optional().describe("Name of the host's bridge."),
  })
  .meta({
    id: "libvirt:index/getDomainInterface:getDomainInterface",
    description: "A network interface of a machine, as it is.",
  });

const inputs = z.strictObject({ name: objectName.describe("Name in libvirt.") });

const outputs = z.strictObject({
  id: z.string().describe("UUID: what `pulumi import` takes."),
  name: z.string().describe("Name in libvirt."),
  description: z.string().optional().describe("The description that libvirt keeps."),
  memory: z.int().describe("MiB."),
  vcpu: z.int().describe("Number of virtual processors."),
  type: z.string().describe('"kvm", "qemu" (emulation) or "test" (libvirt\'s test driver).'),
  arch: z.string().describe("Architecture of its processors."),
  machine: z.string().describe("Machine type of QEMU."),
  running: z.boolean().describe("Whether it is switched on."),
  autostart: z.boolean().describe("Whether it is started together with libvirt."),
  disks: z.array(z.string()).describe("Paths of its disks on the host."),
  networkInterfaces: z.array(networkInterface).describe("Its network interfaces."),
});

export const getDomain = pluginFunction<z.infer<typeof inputs>, z.infer<typeof outputs>, Libvirt>({
  token: "libvirt:index/getDomain:getDomain",
  description: "A machine as it is, whoever made it. It must exist.",
  inputs,
  outputs,
  async call(context, { name }) {
    const found = await ifExists(context.call(domains.lookupByName, { name }));
    if (!found) throw new ProviderError(`name: there is no machine "${name}" at ${context.uri}`);
    const { domain } = found;
    const [{ xml }, { autostart }] = await Promise.all([
      context.call(domains.xml, { domain, flags: 0 }),
      context.call(domains.autostart, { domain }),
    ]);
    const facts = readDomain(xml);
    return {
      id: domain.uuid,
      name: domain.name,
      description: facts.description,
      memory: facts.memoryMiB,
      vcpu: facts.vcpus,
      type: facts.type,
      arch: facts.arch,
      machine: facts.machine,
      running: domain.id !== -1,
      autostart,
      disks: facts.disks.map(({ path }) => path),
      networkInterfaces: facts.interfaces.map(({ source, mac }) =>
        "bridge" in source ? { mac, bridge: source.bridge } : { mac, networkName: source.network },
      ),
    };
  },
});
