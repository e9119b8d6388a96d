import { readFileSync } from "node:fs";
import { join } from "node:path";
import { check, type ServedResource } from "../../../../providers/kit/crud.ts";
import type { Properties } from "../../../../providers/kit/values.ts";
import { cloudInitDisk } from "../../../../providers/libvirt/resources/cloudInitDisk.ts";
import { domain } from "../../../../providers/libvirt/resources/domain.ts";
import { network } from "../../../../providers/libvirt/resources/network.ts";
import { pool } from "../../../../providers/libvirt/resources/pool.ts";
import {
  domainRefusals,
  networkRefusals,
  poolRefusals,
  volumeRefusals,
} from "../../../../providers/libvirt/resources/refusals.ts";
import { volume } from "../../../../providers/libvirt/resources/volume.ts";
import type { Libvirt } from "../../../../providers/libvirt/rpc/libvirt.ts";

/** A Pulumi package schema, as far as it is read here. */
interface Property {
  type?: string;
  $ref?: string;
  items?: Property;
}
type Members = Record<string, Property>;
interface Schema {
  types: Record<string, { properties: Members }>;
  resources: Record<string, { inputProperties: Members }>;
}

const root = join(import.meta.dirname, "../../../..");
const readSchema = (file: string): Schema => JSON.parse(readFileSync(file, "utf8")) as Schema;
const ours = readSchema(join(root, "providers/libvirt/schema.json"));

/** Of the last release of upstream's provider; where it comes from stands in it. */
const upstream = readSchema(join(root, "tests/golden/libvirt/upstream-0.5.4.inputs.json"));

type Served = ServedResource<Libvirt>;
const served: { definition: Served; refusals: Readonly<Record<string, string>>; inputs: Properties[] }[] = [
  {
    definition: network,
    refusals: networkRefusals,
    inputs: [
      {
        ...{ name: "n", mode: "nat", bridge: "br0", addresses: ["10.0.0.0/24"], domain: "lab", mtu: 1400 },
        ...{ autostart: true, dhcp: { enabled: false }, dns: { enabled: true } },
      },
    ],
  },
  { definition: pool, refusals: poolRefusals, inputs: [{ name: "p", type: "dir", target: { path: "/p" } }] },
  {
    definition: volume,
    refusals: volumeRefusals,
    inputs: [
      { name: "v", pool: "p", baseVolumeName: "b", baseVolumePool: "q", format: "qcow2", size: 1 },
      { baseVolumeId: "/b" },
      { source: "/file" },
    ],
  },
  {
    definition: cloudInitDisk,
    refusals: {},
    inputs: [{ name: "c", pool: "p", userData: "u", metaData: "m", networkConfig: "n" }],
  },
  {
    definition: domain,
    refusals: domainRefusals,
    inputs: [
      {
        ...{ name: "d", description: "x", memory: 1, vcpu: 1, cpu: { mode: "maximum" }, type: "qemu", arch: "x86_64" },
        ...{ machine: "q35", emulator: "/q", kernel: "/k", initrd: "/i", cmdlines: [{ a: "b" }], cloudinit: "/c" },
        consoles: [{ type: "pty", targetPort: "0", targetType: "serial" }],
        ...{ autostart: true, running: false, disks: [{ volumeId: "/v" }] },
        networkInterfaces: [
          { networkId: "1", mac: "52:54:00:00:00:01", waitForLease: true },
          { networkName: "n" },
          { bridge: "b" },
        ],
      },
    ],
  },
];

const operation = { urn: "urn:x", name: "x", signal: new AbortController().signal, log: () => undefined };

/** Every input with its path, `disks[].url`, those of nested objects too; `known` says which of those are gone into. */
function inputsOf(
  schema: Schema,
  members: Members,
  known: (path: string) => boolean,
  prefix = "",
): [string, Property][] {
  return Object.entries(members).flatMap(([name, property]): [string, Property][] => {
    const path = `${prefix}${name}`;
    const nested = schema.types[(property.$ref ?? property.items?.$ref ?? "").replace("#/types/", "")];
    if (!nested || !known(path)) return [[path, property]];
    return [[path, property], ...inputsOf(schema, nested.properties, known, `${path}${property.items ? "[]" : ""}.`)];
  });
}

/** Inputs that hold this one only. */
function withInput(path: string): Properties {
  const [, name = "", list, rest] = /^([^.[]+)(\[\])?\.?(.*)$/.exec(path) ?? [];
  const value = rest === undefined || rest === "" ? "?" : withInput(rest);
  return { [name]: list === undefined ? value : [value] };
}

describe.each(served.map((entry) => [entry.definition.token, entry] as const))("%s", (token, entry) => {
  const { definition, refusals, inputs } = entry;
  const own = new Map(inputsOf(ours, ours.resources[token]?.inputProperties ?? {}, () => true));
  const theirs = inputsOf(upstream, upstream.resources[token]?.inputProperties ?? {}, (path) => own.has(path));

  test.each(theirs.map(([path, property]) => [path, property] as const))("%s works or is refused", (path, property) => {
    const mine = own.get(path);
    if (mine !== undefined) {
      const typeOf = ({ type, $ref, items }: Property): unknown => [type, $ref, items?.type, items?.$ref];
      expect(typeOf(mine)).toEqual(typeOf(property));
      const given = inputs.some((some) => JSON.stringify(some).includes(`"${path.split(/[.[\]]+/).at(-1) ?? ""}":`));
      expect(given).toBe(true);
      return;
    }
    const sentence = refusals[path];
    expect(sentence?.length).toBeGreaterThan(20);
    const { failures } = check(definition, withInput(path), operation);
    const place = path.replaceAll("[]", "[0]");
    expect(failures).toContainEqual({ property: place, reason: `${place}: ${sentence ?? ""}` });
  });

  test("what works is accepted", () => {
    for (const some of inputs) expect(check(definition, some, operation).failures).toEqual([]);
  });

  test("no refusal is left over", () => {
    const paths = theirs.map(([path]) => path);
    expect(Object.keys(refusals).filter((path) => !paths.includes(path) || own.has(path))).toEqual([]);
  });
});
