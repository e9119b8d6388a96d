import { cidrsOverlap, parseCidr } from "../../experiment/cidr.ts";
import type { Problem } from "../../experiment/problem.ts";
import { hostAddress } from "../../plan/addressing.ts";
import { routeProblems } from "./capacity.ts";
import { bridgePorts, bridgeProblems } from "./limits.ts";
import { placeMachines } from "./placement.ts";
import type { LibvirtPlan } from "./plan.ts";

/** What a look at a host found, or why there was none. */
export type HostLook = { uri: string; error: string } | ({ uri: string; error?: undefined } & HostFinding);

export interface HostFinding {
  cores: number;
  memoryMiB: number;
  /** As the kernel calls it: "x86_64". */
  arch: string;
  accelerator: "kvm" | "tcg";
  /** The host's own address, to which ssh came: what the other hosts reach it by. */
  address: string;
  /** Of the network device that has this address. */
  mtu: number;
  routes: { destination: string; device: string }[];
  /** Names of the testbed's machines that are there. */
  holds: string[];
}

/** One of several hosts, with its part of the testbed's network. */
export interface HostPlan {
  name: string;
  uri: string;
  accelerator: "kvm" | "tcg";
  /** Its address among the hosts. */
  address: string;
  /** The other hosts' addresses. */
  peers: string[];
  /** Its address on the bridge of its machines. */
  hostAddress: string;
}

export interface HostsPlan {
  hosts: HostPlan[];
  /** Of the machines' network, on every host. */
  mtu: number;
  /** Name of each machine's host. */
  hostOf: Readonly<Record<string, string>>;
}

/** What VXLAN adds to a frame: outer IP (20, 40 for IPv6), UDP (8), VXLAN (8) and the inner Ethernet header (14); RFC 7348. */
const vxlanBytes = (address: string): number => (address.includes(":") ? 70 : 50);

/**
 * Makes one testbed of several hosts: who runs which machine, and how their networks become one.
 *
 * @param arch architecture of the machine image.
 * @returns the plan as far as hosts can be used, with all that is wrong.
 */
export function planHosts(
  plan: Pick<LibvirtPlan, "network" | "machines" | "onHost">,
  names: readonly string[],
  looks: readonly HostLook[],
  arch: string,
): HostsPlan & { problems: Problem[] } {
  const problems: Problem[] = [];
  const refuse = (index: number, reason: string, fix: string): void => {
    problems.push({ severity: "error", path: `provider.hosts[${index}]`, reason, fix });
  };
  const found = looks.flatMap((look, index) => {
    const name = names[index] ?? look.uri;
    if (look.error === undefined) return [{ ...look, name, index }];
    refuse(index, ...halves(look.error));
    return [];
  });
  for (const { name, index, ...host } of found) {
    if (host.arch !== arch) {
      const fix = "leave it out: machines of one testbed have one architecture";
      refuse(index, `${name} is ${host.arch}, the machine image ${arch}`, fix);
    }
    const twin = found.find((other) => other.index < index && other.address === host.address);
    if (twin !== undefined) {
      refuse(index, `${name} is the same host as ${twin.name} (${host.address})`, "list each host once");
    }
    if (names.length > 1 && /^(127\.|::1$)/.test(host.address)) {
      const fix = "name it by an address that the others reach";
      refuse(index, `${name} was reached at ${host.address}, where no other host reaches it`, fix);
    }
    const routes = host.routes
      .filter(({ destination, device }) => destination !== "default" && device !== plan.onHost.bridge)
      .map(({ destination }) => destination);
    problems.push(...routeProblems(plan.network, routes, name));
    if (overlaps(plan.network.cidr, host.address)) {
      const fix = 'choose another range (provider.network), for example "10.200.0.0/16"';
      refuse(index, `the testbed's addresses ${plan.network.cidr} contain the host's own, ${host.address}`, fix);
    }
  }
  const placement = found.length === looks.length ? placeMachines(plan.machines, found) : { hostOf: {}, problems: [] };
  for (const { name, index } of found) {
    const count = Object.values(placement.hostOf).filter((host) => host === name).length;
    problems.push(...bridgeProblems(count, name, `provider.hosts[${index}]`, bridgePorts - 1));
  }
  const hosts = found.map(({ name, uri, accelerator, address, index }) => ({
    ...{ name, uri, accelerator, address },
    peers: found.filter((other) => other.index !== index).map((other) => other.address),
    hostAddress: hostAddress(plan.network.cidr, index),
  }));
  return {
    hosts,
    mtu: Math.min(...found.map(({ mtu, address }) => mtu - vxlanBytes(address))),
    hostOf: placement.hostOf,
    problems: [...problems, ...placement.problems],
  };
}

function overlaps(cidr: string, address: string): boolean {
  const [own, other] = [parseCidr(cidr), parseCidr(`${address}/32`)];
  return own !== undefined && other !== undefined && cidrsOverlap(own, other);
}

/** What the plugin says ends with the way out, after its last semicolon. */
function halves(text: string): [reason: string, fix: string] {
  const at = text.lastIndexOf("; ");
  return at === -1 ? [text, "mend that, or leave the host out"] : [text.slice(0, at), text.slice(at + 2)];
}
