import { ProviderError } from "../../kit/plain/errors.ts";
import type { NetworkAddress } from "../xml/network.ts";

/** An IPv4 range in CIDR notation; undefined if it is none. */
export function parseCidr(text: string): { first: number; last: number; prefix: number } | undefined {
  const match = /^(\d+\.\d+\.\d+\.\d+)\/(\d{1,2})$/.exec(text);
  const address = match?.[1] === undefined ? undefined : parseAddress(match[1]);
  const prefix = Number(match?.[2]);
  if (address === undefined || prefix > 32) return undefined;
  const size = 2 ** (32 - prefix);
  const first = Math.floor(address / size) * size;
  return { first, last: first + size - 1, prefix };
}

export function parseAddress(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return undefined;
  return parts.reduce((value, part) => value * 256 + Number(part), 0);
}

export function formatAddress(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}

/**
 * The host's address in a range (its first usable one, as upstream's provider takes it, unless one is chosen) and the
 * longest stretch of the other usable ones for the DHCP server.
 */
export function networkAddress(cidr: string, chosen: string | undefined, dhcp: boolean): NetworkAddress {
  const range = parseCidr(cidr);
  if (!range) throw new ProviderError(`"${cidr}" is not an IPv4 range; write, for example, 10.17.3.0/24`);
  const usable = { first: range.first + 1, last: range.last - 1 };
  const host = chosen === undefined ? usable.first : (parseAddress(chosen) ?? NaN);
  if (!(host >= usable.first && host <= usable.last)) {
    throw new ProviderError(`${chosen ?? cidr} is not a usable address of ${cidr}`);
  }
  const below = { start: usable.first, end: host - 1 };
  const above = { start: host + 1, end: usable.last };
  const longest = below.end - below.start > above.end - above.start ? below : above;
  return {
    address: formatAddress(host),
    prefix: range.prefix,
    range: dhcp ? { start: formatAddress(longest.start), end: formatAddress(longest.end) } : undefined,
  };
}
