import { z } from "zod";
import { resource, type Operation } from "../../kit/crud.ts";
import { messageOf, ProviderError } from "../../kit/plain/errors.ts";
import { ownerOf, sameOwner, takenMessage } from "../xml/ownership.ts";
import { errorCodes, ifExists, isLibvirtError } from "../rpc/errors.ts";
import type { Libvirt } from "../rpc/libvirt.ts";
import { networks, type NetworkRef } from "../rpc/procedures.ts";
import { networkModes, networkXml, readNetwork, type NetworkDefinition } from "../xml/network.ts";
import { formatAddress, networkAddress, parseCidr } from "./addresses.ts";
import { objectName } from "./names.ts";
import { networkRefusals } from "./refusals.ts";
import { withoutUnset } from "./unset.ts";
import { bridgeMac, removeStrayBridge } from "./strayBridge.ts";

const dhcp = z
  .strictObject({ enabled: z.boolean().optional().describe("False for no DHCP server. Default: true.") })
  .meta({ id: "libvirt:index/NetworkDhcp:NetworkDhcp", description: "A network's DHCP server." });

const dns = z
  .strictObject({
    enabled: z.boolean().optional().describe("True for a DNS server on the host's address. Default: false."),
  })
  .meta({ id: "libvirt:index/NetworkDns:NetworkDns", description: "A network's DNS server." });

const inputs = z
  .strictObject({
    name: objectName.describe("Name in libvirt. Default: the resource's name."),
    mode: z
      .enum(networkModes)
      .optional()
      .describe(
        '"none" (machines and host only; the default), "nat", "route", "open", or "bridge" for a bridge ' +
          "that exists already.",
      ),
    bridge: z
      .string()
      .min(1)
      .max(15, "the kernel allows at most 15 characters")
      .optional()
      .describe("Name of the bridge on the host, at most 15 characters. Default: libvirt chooses one."),
    addresses: z
      .array(z.string().refine((text) => parseCidr(text) !== undefined, 'write an IPv4 range such as "10.17.3.0/24"'))
      .max(1, "give at most one range (IPv4)")
      .optional()
      .describe(
        'At most one IPv4 range, for example "10.17.3.0/24". The host takes its first usable address, ' +
          "unless hostAddresses says otherwise.",
      ),
    hostAddresses: z.array(z.string()).optional().describe("The host's own address in the range of the same position."),
    domain: z.string().min(1).optional().describe("DNS domain of the machines."),
    mtu: z
      .number()
      .int()
      .min(68)
      .max(65535)
      .optional()
      .describe("Largest packet of the bridge, bytes. Default: the kernel's, 1500."),
    autostart: z.boolean().optional().describe("Started together with libvirt. Default: false."),
    dhcp: dhcp.optional().describe("The DHCP server on the host's address."),
    dns: dns.optional().describe("The DNS server on the host's address."),
  })
  .superRefine((network, context) => {
    const problem = (path: string, message: string): void => {
      context.addIssue({ code: "custom", path: [path], message });
    };
    if (network.mode === "bridge") {
      if (network.bridge === undefined) problem("bridge", "mode bridge needs the name of a bridge that exists");
      for (const key of ["addresses", "hostAddresses", "domain", "mtu", "dhcp", "dns"] as const) {
        if (network[key] !== undefined)
          problem(key, "has no meaning in mode bridge, where the bridge is not libvirt's");
      }
    }
    if ((network.hostAddresses?.length ?? 0) > (network.addresses?.length ?? 0)) {
      problem("hostAddresses", "there are more of them than addresses; each belongs to the range of the same position");
    }
    network.addresses?.forEach((cidr, index) => {
      const host = network.hostAddresses?.[index];
      if (parseCidr(cidr) === undefined || host === undefined) return;
      try {
        networkAddress(cidr, host, false);
      } catch (error) {
        problem("hostAddresses", messageOf(error));
      }
    });
  });

export type NetworkInputs = z.infer<typeof inputs>;

const outputs = z.strictObject({
  bridge: z.string().describe("Name of the bridge on the host."),
});

type NetworkOutputs = z.infer<typeof outputs>;

export const network = resource<NetworkInputs, NetworkOutputs, Libvirt>({
  token: "libvirt:index/network:Network",
  description: "A network for machines: a bridge on the host, with or without a way out of it.",
  inputs,
  outputs,
  refused: networkRefusals,
  complete: (given, { name }) => ({ name, ...withoutUnset(given) }),
  // Machines lose their link when a network goes down, so anything but autostart makes a new one.
  replaceOn: ["name", "mode", "bridge", "addresses", "hostAddresses", "domain", "mtu", "dhcp", "dns"],

  async create(operation, given) {
    const ref = await define(operation, given);
    try {
      await start(operation, ref);
      await operation.context.call(networks.setAutostart, { network: ref, autostart: given.autostart ?? false });
    } catch (error) {
      await ifExists(operation.context.call(networks.undefine, { network: ref }).catch(() => undefined));
      throw error;
    }
    const facts = readNetwork((await operation.context.call(networks.xml, { network: ref, flags: 0 })).xml);
    return { id: ref.uuid, outputs: { bridge: facts.bridge ?? "" } };
  },

  async read({ context }, id, state) {
    const ref = (await ifExists(context.call(networks.lookupByUuid, { uuid: id })))?.network;
    if (!ref) return undefined;
    const facts = readNetwork((await context.call(networks.xml, { network: ref, flags: 0 })).xml);
    refuseUnknownMode(facts);
    const { autostart } = await context.call(networks.autostart, { network: ref });
    const { active } = await context.call(networks.active, { network: ref });
    // A network that is down is of no use to anyone; as it is made by being started, it counts as gone.
    if (!active && state.inputs.name !== undefined) return undefined;
    return { inputs: readInputs(facts, autostart, state.inputs), outputs: { bridge: facts.bridge ?? "" } };
  },

  async update({ context }, id, given, old) {
    const { network: ref } = await context.call(networks.lookupByUuid, { uuid: id });
    await context.call(networks.setAutostart, { network: ref, autostart: given.autostart ?? false });
    return { outputs: { bridge: old.outputs.bridge } };
  },

  async delete({ context }, id) {
    const ref = (await ifExists(context.call(networks.lookupByUuid, { uuid: id })))?.network;
    if (ref) await removeNetwork(context, ref);
  },
});

function definitionOf(given: NetworkInputs, urn: string, uuid: string | undefined): NetworkDefinition {
  const dhcp = given.dhcp?.enabled ?? true;
  const owner = ownerOf(urn);
  return {
    name: given.name,
    // A new one for each that replaces another, so that its machines notice.
    uuid,
    owner,
    mac: given.mode === "bridge" ? undefined : bridgeMac(owner),
    mode: given.mode ?? "none",
    bridge: given.bridge,
    mtu: given.mtu,
    domain: given.domain,
    dns: given.dns?.enabled ?? false,
    addresses: (given.addresses ?? []).map((cidr, index) => networkAddress(cidr, given.hostAddresses?.[index], dhcp)),
  };
}

/** Defines the network; one that a killed run of this resource left is removed first, as nothing can use it yet. */
async function define({ context, urn, formerId }: Operation<Libvirt>, given: NetworkInputs): Promise<NetworkRef> {
  const existing = (await ifExists(context.call(networks.lookupByName, { name: given.name })))?.network;
  const xml = networkXml(definitionOf(given, urn, formerId));
  if (existing) {
    const { owner, ...facts } = readNetwork((await context.call(networks.xml, { network: existing, flags: 0 })).xml);
    if (!sameOwner(owner, ownerOf(urn))) throw new ProviderError(takenMessage("network", given.name, owner));
    if (sameNetwork(facts, given)) return existing;
    await removeNetwork(context, existing);
  }
  return (await context.call(networks.define, { xml })).network;
}

function sameNetwork(facts: NetworkDefinition, given: NetworkInputs): boolean {
  const actual = readInputs(facts, given.autostart ?? false, given);
  return JSON.stringify(Object.entries(actual).sort()) === JSON.stringify(Object.entries(given).sort());
}

async function start(operation: Operation<Libvirt>, ref: NetworkRef): Promise<void> {
  const { context } = operation;
  const { active } = await context.call(networks.active, { network: ref });
  if (active) return;
  try {
    await context.call(networks.create, { network: ref });
  } catch (error) {
    if (!isLibvirtError(error)) throw error;
    const facts = readNetwork((await context.call(networks.xml, { network: ref, flags: 0 })).xml);
    if (!(await removeStrayBridge(operation, facts))) throw error;
    await context.call(networks.create, { network: ref });
  }
}

export async function removeNetwork(context: Libvirt, ref: NetworkRef): Promise<void> {
  await context.call(networks.destroy, { network: ref }).catch((error: unknown) => {
    if (!isLibvirtError(error, errorCodes.operationInvalid, errorCodes.noNetwork)) throw error;
  });
  await ifExists(context.call(networks.undefine, { network: ref }));
}

function refuseUnknownMode({ name, mode, bridge }: NetworkDefinition): void {
  const known: readonly string[] = networkModes;
  if (known.includes(mode) && (mode !== "bridge" || bridge !== undefined)) return;
  const what = mode === "bridge" ? "attaches machines to the host's own network card" : `is of mode ${mode}`;
  throw new ProviderError(`network "${name}" ${what}, which is not supported; modes are ${known.join(", ")}`);
}

/** The inputs that describe what exists: the known ones where they say the same, else what libvirt says. */
function readInputs(facts: NetworkDefinition, autostart: boolean, known: Partial<NetworkInputs>): NetworkInputs {
  const result: NetworkInputs = { ...known, name: facts.name };
  if ((known.mode ?? "none") !== facts.mode) result.mode = facts.mode;
  if (known.bridge !== undefined && known.bridge !== facts.bridge) result.bridge = facts.bridge;
  if (known.mtu !== facts.mtu) result.mtu = facts.mtu;
  if (known.domain !== facts.domain) result.domain = facts.domain;
  if ((known.autostart ?? false) !== autostart) result.autostart = autostart;
  if (facts.mode === "bridge") return known.bridge === undefined ? { ...result, bridge: facts.bridge } : result;
  if ((known.dns?.enabled ?? false) !== facts.dns) result.dns = { enabled: facts.dns };
  const expected = definitionOf(result, "", undefined).addresses;
  // One range is managed; what an imported network has besides is left alone.
  const addresses = facts.addresses.slice(0, 1);
  if (JSON.stringify(expected) !== JSON.stringify(addresses)) {
    result.addresses = addresses.map(({ address, prefix }) => cidrOf(address, prefix));
    result.hostAddresses = addresses.map(({ address }) => address);
    result.dhcp = { enabled: addresses.some(({ range }) => range !== undefined) };
  }
  return result;
}

function cidrOf(address: string, prefix: number): string {
  return `${formatAddress(parseCidr(`${address}/${prefix}`)?.first ?? 0)}/${prefix}`;
}
