import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The shape of a Pulumi package schema, as far as it is compared. */
interface Property {
  type?: string;
  $ref?: string;
  items?: Property;
}
interface Schema {
  types: Record<string, { properties: Record<string, Property> }>;
  resources: Record<string, { inputProperties: Record<string, Property> }>;
}

const root = join(import.meta.dirname, "../../../..");
const schema = JSON.parse(readFileSync(join(root, "providers/libvirt/schema.json"), "utf8")) as Schema;

/**
 * Property names and types of the last release of the provider that this plugin stands in for (0.5.4), of the
 * resources that it implements; and, marked by "-", those of them that it refuses.
 */
const upstream: Record<string, string[]> = JSON.parse(
  readFileSync(join(root, "tests/golden/libvirt/upstream-0.5.4.json"), "utf8"),
) as Record<string, string[]>;

const typeText = (property: Property): string =>
  property.$ref?.split(":").at(-1) ?? (property.items ? `${typeText(property.items)}[]` : (property.type ?? ""));

const ours = (): Record<string, string[]> => {
  const found: Record<string, string[]> = {};
  for (const [token, { inputProperties }] of Object.entries(schema.resources)) {
    found[token] = Object.entries(inputProperties).map(([name, property]) => `${name}: ${typeText(property)}`);
  }
  for (const [token, { properties }] of Object.entries(schema.types)) {
    // Of a function's result, not of a resource.
    if (token.includes("/get")) continue;
    found[token] = Object.entries(properties).map(([name, property]) => `${name}: ${typeText(property)}`);
  }
  return found;
};

test("every property of ours is upstream's, or one of the additions", () => {
  const additions = Object.entries(ours()).flatMap(([token, properties]) =>
    properties.filter((property) => !upstream[token]?.includes(property)).map((property) => `${token} ${property}`),
  );
  expect(additions).toEqual([
    "libvirt:index/network:Network hostAddresses: string[]",
    "libvirt:index/volume:Volume sourceSha256: string",
    "libvirt:index/volume:Volume sourceModifiedMs: number",
    "libvirt:index/domain:Domain memoryMaximum: integer",
    "libvirt:index/domain:Domain vcpuMaximum: integer",
    "libvirt:index/domain:Domain cpuQuota: number",
    "libvirt:index/domain:Domain cpuPinning: string[]",
    "libvirt:index/domain:Domain domainType: string",
    "libvirt:index/domain:Domain consoleLog: string",
    "libvirt:index/domain:Domain prepared: string",
    "libvirt:index/domain:Domain graceful: integer",
    "libvirt:index/domain:Domain lease: integer",
    "libvirt:index/domain:Domain restarts: integer",
    "libvirt:index/DomainDisk:DomainDisk diskRead: integer",
    "libvirt:index/DomainDisk:DomainDisk diskWrite: integer",
    "libvirt:index/DomainNetworkInterface:DomainNetworkInterface linkUp: boolean",
  ]);
});

test("what upstream has and ours refuses", () => {
  const missing = Object.entries(ours()).map(([token, properties]) => [
    token.split(":").at(-1),
    (upstream[token] ?? []).filter((property) => !properties.includes(property)).map((text) => text.split(":")[0]),
  ]);
  expect(Object.fromEntries(missing)).toEqual({
    Network: ["dnsmasqOptions", "routes", "xml"],
    Pool: ["allocation", "available", "capacity", "path", "source", "xml"],
    Volume: ["xml"],
    CloudInitDisk: [],
    Domain: [
      ...["bootDevices", "coreosIgnition", "filesystems", "firmware", "fwCfgName", "graphics", "metadata", "nvram"],
      ...["qemuAgent", "tpm", "video", "xml"],
    ],
    DomainConsole: ["sourceHost", "sourcePath", "sourceService"],
    DomainCpu: [],
    DomainDisk: ["blockDevice", "file", "scsi", "url", "wwn"],
    DomainNetworkInterface: ["addresses", "hostname", "macvtap", "passthrough", "vepa"],
    NetworkDhcp: [],
    NetworkDns: ["forwarders", "hosts", "localOnly", "srvs"],
    PoolTarget: [],
  });
});
