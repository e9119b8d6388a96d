import type { Owner } from "./ownership.ts";
import { readXml, writeXml, type Element } from "./document.ts";
import { ownerMetadata, readOwner } from "./metadata.ts";

export const networkModes = ["none", "nat", "route", "open", "bridge"] as const;
export type NetworkMode = (typeof networkModes)[number];

/** A virtual network, with everything decided. */
export interface NetworkDefinition {
  name: string;
  /** Absent: libvirt draws one. */
  uuid?: string;
  owner?: Owner;
  mode: NetworkMode;
  bridge?: string;
  /** The bridge's own address; libvirt draws one where it is left out. */
  mac?: string;
  mtu?: number;
  /** DNS domain of the network's machines. */
  domain?: string;
  dns: boolean;
  addresses: NetworkAddress[];
}

export interface NetworkAddress {
  /** The host's address on the bridge. */
  address: string;
  prefix: number;
  /** First and last address that the DHCP server gives away; absent: no DHCP server. */
  range?: { start: string; end: string };
}

/** https://libvirt.org/formatnetwork.html */
export function networkXml(network: NetworkDefinition): string {
  const { mode } = network;
  return writeXml("network", {
    name: network.name,
    uuid: network.uuid,
    metadata: network.owner && ownerMetadata(network.owner),
    forward: mode === "none" ? undefined : { "@mode": mode },
    // Without the spanning tree protocol, libvirt's default: with it the kernel lets nothing through to a machine for its first four
    // seconds, and machines and host alone can't form a loop. A foreign bridge keeps its own.
    bridge: mode === "bridge" ? { "@name": network.bridge } : { "@name": network.bridge, "@stp": "off", "@delay": 0 },
    mac: network.mac === undefined ? undefined : { "@address": network.mac },
    mtu: network.mtu === undefined ? undefined : { "@size": network.mtu },
    domain: network.domain === undefined ? undefined : { "@name": network.domain, "@localOnly": "yes" },
    dns: mode === "bridge" || network.dns ? undefined : { "@enable": "no" },
    ip: network.addresses.map(({ address, prefix, range }) => ({
      "@address": address,
      "@prefix": prefix,
      dhcp: range && { range: { "@start": range.start, "@end": range.end } },
    })),
  });
}

export function readNetwork(xml: string): NetworkDefinition & { uuid: string } {
  const root = readXml("network", xml);
  const mode = root.at("forward")?.attribute("mode") ?? (root.at("forward") ? "nat" : "none");
  const mtu = root.at("mtu")?.attribute("size");
  return {
    uuid: root.at("uuid")?.text ?? "",
    name: root.at("name")?.text ?? "",
    owner: readOwner(root),
    mode: mode as NetworkMode,
    bridge: root.at("bridge")?.attribute("name"),
    mac: root.at("mac")?.attribute("address"),
    mtu: mtu === undefined ? undefined : Number(mtu),
    domain: root.at("domain")?.attribute("name"),
    dns: root.at("dns")?.attribute("enable") !== "no" && mode !== "bridge",
    addresses: root
      .all("ip")
      .filter(isIpv4)
      .map((ip) => {
        const range = ip.at("dhcp", "range");
        const start = range?.attribute("start");
        const end = range?.attribute("end");
        return {
          address: ip.attribute("address") ?? "",
          prefix: prefixOf(ip.attribute("prefix"), ip.attribute("netmask")),
          range: start === undefined || end === undefined ? undefined : { start, end },
        };
      }),
  };
}

const isIpv4 = (ip: Element): boolean => !(ip.attribute("address") ?? "").includes(":");

/** libvirt writes either form: a prefix length, or a netmask such as 255.255.0.0. */
function prefixOf(prefix: string | undefined, netmask: string | undefined): number {
  if (prefix !== undefined) return Number(prefix);
  const bits = (netmask ?? "").split(".").map((part) => Number(part).toString(2).padStart(8, "0"));
  return bits.join("").indexOf("0") === -1 ? 32 : bits.join("").indexOf("0");
}
