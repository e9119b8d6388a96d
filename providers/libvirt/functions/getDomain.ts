import { z } from "zod";
import { ProviderError } from "../../kit/errors.ts";
import { pluginFunction } from "../../kit/functions.ts";
import { objectName } from "../resources/names.ts";
import { ifExists } from "../rpc/errors.ts";
import type { Libvirt } from "../rpc/libvirt.ts";
import { domains } from "../rpc/procedures.ts";
import { readDomain } from "../xml/readDomain.ts";

/** A machine as it is, whoever made it. */
interface FoundDomain {
  /** UUID: what `pulumi import` takes. */
  id: string;
  name: string;
  description?: string;
  /** MiB. */
  memory: number;
  vcpu: number;
  /** "kvm", "qemu" or "test". */
  type: string;
  arch: string;
  machine: string;
  running: boolean;
  autostart: boolean;
  /** Paths on the host. */
  disks: string[];
  networkInterfaces: { mac: string; networkName?: string; bridge?: string }[];
}

export const getDomain = pluginFunction<{ name: string }, FoundDomain, Libvirt>({
  token: "libvirt:index/getDomain:getDomain",
  inputs: z.strictObject({ name: objectName }),
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
