/** An IPv4 range: its first address as an unsigned 32-bit number, and the length of its prefix. */
export interface Cidr {
  base: number;
  prefix: number;
}

/** Reads "10.0.0.1"; undefined for anything else (leading zeros, which some tools read as octal, included). */
export function parseAddress(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  let address = 0;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    address = address * 256 + Number(part);
  }
  return address;
}

export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");
}

/** Number of addresses in a range. */
export function cidrSize(cidr: Cidr): number {
  return 2 ** (32 - cidr.prefix);
}

/** Reads "10.0.0.0/8". Bits outside the prefix are dropped: compare with formatCidr to see whether there were any. */
export function parseCidr(text: string): Cidr | undefined {
  const [address, prefix, rest] = text.split("/");
  const parsed = parseAddress(address ?? "");
  if (parsed === undefined || prefix === undefined || rest !== undefined) return undefined;
  if (!/^(0|[1-9]\d?)$/.test(prefix) || Number(prefix) > 32) return undefined;
  const size = 2 ** (32 - Number(prefix));
  return { base: Math.floor(parsed / size) * size, prefix: Number(prefix) };
}

export function formatCidr(cidr: Cidr): string {
  return `${formatAddress(cidr.base)}/${cidr.prefix}`;
}

export function cidrContains(outer: Cidr, inner: Cidr): boolean {
  return inner.base >= outer.base && inner.base + cidrSize(inner) <= outer.base + cidrSize(outer);
}

/** Two ranges share an address exactly when one contains the other. */
export function cidrsOverlap(a: Cidr, b: Cidr): boolean {
  return cidrContains(a, b) || cidrContains(b, a);
}

/** RFC 1918. */
export const privateRanges: readonly Cidr[] = [
  { base: 0x0a000000, prefix: 8 },
  { base: 0xac100000, prefix: 12 },
  { base: 0xc0a80000, prefix: 16 },
];
