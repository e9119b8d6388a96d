import fc from "fast-check";
import {
  cidrContains,
  cidrsOverlap,
  formatAddress,
  formatCidr,
  parseAddress,
  parseCidr,
} from "../../../components/experiment/cidr.ts";
import { networkProblem } from "../../../components/experiment/network.ts";

const cidr = (text: string) => parseCidr(text)!;

test("addresses survive being written and read", () => {
  fc.assert(
    fc.property(fc.nat(0xffffffff), (address) => {
      expect(parseAddress(formatAddress(address))).toBe(address);
    }),
  );
  expect(formatAddress(0xffffffff)).toBe("255.255.255.255");
});

test.each(["", "10.0.0", "10.0.0.256", "10.0.0.01", "10.0.0.0.0", "a.b.c.d", "10.0.0.-1"])(
  "%p is no address",
  (text) => {
    expect(parseAddress(text)).toBeUndefined();
  },
);

test.each(["10.0.0.0", "10.0.0.0/33", "10.0.0.0/08", "10.0.0.0/8/8", "/8"])("%p is no range", (text) => {
  expect(parseCidr(text)).toBeUndefined();
});

test("ranges share an address when one holds the other", () => {
  expect(formatCidr(cidr("10.83.4.5/16"))).toBe("10.83.0.0/16");
  expect(cidrContains(cidr("10.0.0.0/8"), cidr("10.83.0.0/16"))).toBe(true);
  expect(cidrContains(cidr("10.83.0.0/16"), cidr("10.0.0.0/8"))).toBe(false);
  expect(cidrsOverlap(cidr("10.83.0.0/16"), cidr("10.83.9.9/32"))).toBe(true);
  expect(cidrsOverlap(cidr("10.83.0.0/16"), cidr("10.84.0.0/16"))).toBe(false);
  expect(cidrsOverlap(cidr("0.0.0.0/0"), cidr("192.168.0.0/16"))).toBe(true);
});

test.each([
  ["10.83.0.0", '"10.83.0.0" is not an IPv4 range', 'write for example "10.83.0.0/16"'],
  ["10.83.1.0/16", "10.83.1.0/16 has bits set outside its prefix", 'write "10.83.0.0/16"'],
  ["10.0.0.0/8", "a /8 network can't be split into the three tiers", "use a prefix of /16 to /20"],
  ["10.83.0.0/24", "a /24 network can't be split into the three tiers", "use a prefix of /16 to /20"],
  [
    "172.32.0.0/16",
    "172.32.0.0/16 is not a private range (RFC 1918)",
    'use one inside "10.0.0.0/8", "172.16.0.0/12" or "192.168.0.0/16"',
  ],
])("a testbed's network can't be %s", (text, reason, fix) => {
  expect(networkProblem(text)).toEqual({ reason, fix });
});

test.each(["10.83.0.0/16", "172.16.0.0/20", "192.168.0.0/16"])("a testbed's network can be %s", (text) => {
  expect(networkProblem(text)).toBeUndefined();
});
