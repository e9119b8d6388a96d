import { cidrsOverlap, cidrSize, formatAddress, formatCidr, parseCidr, type Cidr } from "../experiment/cidr.ts";
import { tierNames, type TierName } from "../experiment/tier.ts";
import { placedName, stackHash } from "./naming.ts";
import type { NetworkPlan } from "./types.ts";

/**
 * Addresses are computed, not discovered: a network is split into four quarters, one a tier and the last for the host.
 * In 10.83.0.0/16, cloud is 10.83.0.0/18, edge 10.83.64.0/18, endpoint 10.83.128.0/18, and the host 10.83.255.254.
 */
export function planNetwork(stack: string, cidr?: string, place = ""): NetworkPlan {
  const range = cidr ?? defaultNetwork(stack, [], place);
  return {
    cidr: range,
    prefixLength: parsed(range).prefix,
    hostAddress: hostAddress(range, 0),
  };
}

/** Address of one of several hosts in the machines' network: from the top of the last quarter downwards. */
export function hostAddress(cidr: string, host: number): string {
  const range = parsed(cidr);
  return formatAddress(range.base + cidrSize(range) - 2 - host);
}

/**
 * One of 10.64.0.0/16 to 10.127.0.0/16, by the stack's name and place: two testbeds on a host seldom meet. Where that one shares an
 * address with a range that is `taken`, it is the next that does not, and one of 192.168.0.0/16 after all of them.
 */
export function defaultNetwork(stack: string, taken: readonly string[] = [], place = ""): string {
  const first = stackHash(placedName(stack, place)) % 64;
  const candidates = Array.from({ length: 64 }, (_, i) => `10.${64 + ((first + i) % 64)}.0.0/16`);
  const free = candidates.find((candidate) => !taken.some((range) => cidrsOverlap(parsed(candidate), parsed(range))));
  return free ?? "192.168.0.0/16";
}

export function tierCidr(network: string, tier: TierName): string {
  return formatCidr(tierRange(network, tier));
}

/** Index 0 has the second address of its tier's range: in cloud, the first is the network's own. */
export function machineAddress(network: string, tier: TierName, index: number): string {
  return formatAddress(tierRange(network, tier).base + index + 1);
}

function tierRange(network: string, tier: TierName): Cidr {
  const range = parsed(network);
  return { base: range.base + (tierNames.indexOf(tier) * cidrSize(range)) / 4, prefix: range.prefix + 2 };
}

function parsed(cidr: string): Cidr {
  const range = parseCidr(cidr);
  if (range === undefined) throw new Error(`${cidr} is not an IPv4 range; write for example "10.83.0.0/16"`);
  return range;
}
