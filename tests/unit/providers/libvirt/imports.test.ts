import { readFileSync } from "node:fs";
import { join } from "node:path";
import { check, diff, type Operation, type ServedResource } from "../../../../providers/kit/crud.ts";
import type { Properties } from "../../../../providers/kit/values.ts";
import { domain } from "../../../../providers/libvirt/resources/domain.ts";
import { network } from "../../../../providers/libvirt/resources/network.ts";
import { LibvirtError } from "../../../../providers/libvirt/rpc/errors.ts";
import { Libvirt } from "../../../../providers/libvirt/rpc/libvirt.ts";

const id = "7d4c1bb4-4d2b-4b5e-9f0a-6d5f3c1f7a10";

/** A daemon that has one machine and one network, switched off, and no volume that it knows. */
function daemonWith(xml: string): Operation<Libvirt> {
  const context = new Libvirt("qemu:///system");
  const ref = { name: "web", uuid: id, id: -1 };
  const answers: Record<string, unknown> = {
    DOMAIN_LOOKUP_BY_UUID: { domain: ref },
    DOMAIN_GET_XML_DESC: { xml },
    DOMAIN_GET_AUTOSTART: { autostart: false },
    NODE_GET_INFO: { cpus: 4, model: "x86_64" },
    NETWORK_LOOKUP_BY_UUID: { network: ref },
    NETWORK_GET_XML_DESC: { xml },
    NETWORK_GET_AUTOSTART: { autostart: true },
    NETWORK_IS_ACTIVE: { active: true },
  };
  context.call = ({ name }) => {
    if (name in answers) return Promise.resolve(answers[name] as never);
    const code = name.startsWith("NETWORK") ? 43 : 50;
    return Promise.reject(
      new LibvirtError({ code, domain: 0, message: "there is none", level: 2, int1: 0 }, name, "test"),
    );
  };
  return { urn: `urn:${id}`, name: "web", context, signal: new AbortController().signal, log: () => undefined };
}

/** What is read of a thing that others have made; it has to be what the resource itself takes, and stay what it is. */
async function imported(definition: ServedResource<Libvirt>, xml: string): Promise<Properties> {
  const operation = daemonWith(xml);
  const first = await definition.read(operation, id, { inputs: {}, outputs: {} });
  const { inputs, failures } = check(definition, first?.inputs ?? {}, operation);
  expect(failures).toEqual([]);
  const again = await definition.read(operation, id, { inputs, outputs: first?.outputs ?? {} });
  expect(diff(definition, inputs, again?.inputs ?? {}).changed).toEqual([]);
  return inputs;
}

test("a machine of virt-manager's: an empty drive, disks and interfaces of other kinds are left out", async () => {
  const xml = readFileSync(join(import.meta.dirname, "../../../golden/libvirt/domain-virt-manager.xml"), "utf8");
  expect(await imported(domain, xml)).toMatchObject({
    ...{ name: "web", memory: 2048, vcpu: 2, running: false },
    disks: [{ volumeId: "/srv/images/web.qcow2" }],
    networkInterfaces: [{ networkName: "default", mac: "52:54:00:11:22:33" }],
  });
});

test("a machine of rbd disks and user interfaces only", async () => {
  const xml = `<domain type='kvm'><name>web</name><memory>1048576</memory><os><type arch='x86_64' machine='q35'>hvm</type></os>
    <devices><disk type='network' device='disk'><source protocol='rbd' name='a/b'/><target dev='vda'/></disk>
    <disk type='file' device='floppy'><target dev='fda'/></disk><interface type='user'/></devices></domain>`;
  const inputs = await imported(domain, xml);
  for (const name of ["disks", "networkInterfaces", "cloudinit"]) expect(inputs).not.toHaveProperty(name);
});

test.each([
  [
    "both kinds of addresses",
    "<ip address='192.168.122.1' netmask='255.255.255.0'/><ip family='ipv6' address='fd00::1' prefix='64'/>",
  ],
  ["IPv6 only", "<ip family='ipv6' address='fd00::1' prefix='64'/>"],
  ["two ranges", "<ip address='10.1.0.1' prefix='16'/><ip address='10.2.0.1' prefix='16'/>"],
])("a network with %s", async (_case, addresses) => {
  const xml = `<network><name>web</name><forward mode='nat'/><bridge name='virbr0'/>${addresses}</network>`;
  expect(JSON.stringify(await imported(network, xml))).not.toContain("0.0.0.0");
});

test("a network of a kind that is not managed is refused in words", async () => {
  const xml = "<network><name>web</name><forward mode='bridge'><interface dev='eth0'/></forward></network>";
  await expect(imported(network, xml)).rejects.toThrow(
    'network "web" attaches machines to the host\'s own network card, which is not supported; modes are none, nat, route, ' +
      "open, bridge",
  );
});
