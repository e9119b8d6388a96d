import { parseAddress } from "../../experiment/cidr.ts";

/**
 * A locally administered unicast address (IEEE 802c: second-lowest bit of the first octet set, lowest clear) that holds
 * the machine's IPv4 address, so it is unique wherever that is.
 */
export function machineMac(address: string): string {
  const octets = [24, 16, 8, 0].map((shift) => ((parseAddress(address) ?? 0) >>> shift) & 255);
  return [0x02, 0x00, ...octets].map((octet) => octet.toString(16).padStart(2, "0")).join(":");
}
