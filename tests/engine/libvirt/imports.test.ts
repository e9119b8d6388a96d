// What others have made, as inputs that this provider takes; and texts and networks that libvirt writes in other ways.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as libvirt from "@pulumi/libvirt";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import { findEngine } from "../../../setup/engine/find.ts";
import { haltingImage } from "../../support/bootSector.ts";
import { describeUnless } from "../../support/describeUnless.ts";
import { libvirtdProblem, PrivateLibvirtd } from "../../support/libvirtd.ts";
import { PluginStack } from "../../support/pluginStack.ts";

const qemu = "/usr/bin/qemu-system-x86_64";
const missing = existsSync(qemu) ? [] : [`not installed: ${qemu}`];
const engine = findEngine() ? [] : ["no Pulumi engine (./strata setup makes one)"];
const problem = libvirtdProblem() ?? [...missing, ...engine][0];
describeUnless(problem, "what libvirt has, read as inputs, with QEMU", () => {
  const none = { create: 0, update: 0, replace: 0, delete: 0, same: 0 };
  let daemon: PrivateLibvirtd;
  let stack: PluginStack;
  const virsh = (...args: string[]): Promise<string> => daemon.virsh("qemu", ...args);
  const define = async (kind: string, xml: string): Promise<void> => {
    const file = join(daemon.directory, "own.xml");
    writeFileSync(file, xml);
    await virsh(kind, file);
  };
  const program =
    (make: (opts: { provider: libvirt.Provider }) => void): PulumiFn =>
    () => {
      make({ provider: new libvirt.Provider("host", { uri: daemon.uri("qemu") }) });
      return Promise.resolve();
    };

  beforeAll(async () => {
    daemon = await PrivateLibvirtd.start();
    stack = await PluginStack.create(["libvirt"]);
  });
  afterEach(() => stack.destroy());
  afterAll(async () => {
    stack.remove();
    await daemon.stop();
  });

  test("a machine of virt-manager's: imported without a change, changed, and nothing of it lost", async () => {
    const golden = join(import.meta.dirname, "../../golden/libvirt/domain-virt-manager.xml");
    const image = join(daemon.directory, "web.img");
    writeFileSync(image, haltingImage());
    await virsh("pool-create-as", "own", "dir", "--target", daemon.directory);
    const xml = readFileSync(golden, "utf8")
      .replace("<domain type='kvm'>", "<domain type='qemu'>")
      .replace(/<cpu .*\n/, "")
      .replace("type='qcow2' discard='unmap'", "type='raw'")
      .replace("/srv/images/web.qcow2", image);
    await define("define", xml);
    const id = await virsh("domuuid", "web");
    const imported = (change: libvirt.DomainArgs): PulumiFn =>
      program((opts) => {
        const inputs = {
          ...{ name: "web", memory: 2048, vcpu: 2, domainType: "qemu", running: false },
          disks: [{ volumeId: image }],
          networkInterfaces: [{ networkName: "default", mac: "52:54:00:11:22:33" }],
        };
        new libvirt.Domain("web", { ...inputs, ...change }, { ...opts, import: id });
      });
    // The stack and the provider; what is imported counts as none of these.
    expect(await stack.up(imported({}))).toMatchObject({ create: 2, update: 0, replace: 0 });
    expect(await stack.refresh()).toEqual({ ...none, same: 3 });
    expect(await stack.up(imported({}))).toEqual({ ...none, same: 3 });
    expect(await stack.up(imported({ description: "a\n  b\n" }))).toEqual({ ...none, update: 1, same: 2 });
    const failure = await stack.failure(imported({ description: "a\n  b\n", vcpu: 1 }));
    expect(failure).toContain(
      'machine "web" has what this provider does not manage and would lose by this change: disk vdb (network), disk vdc ' +
        "(volume), interface 52:54:00:11:22:34 (user), interface 52:54:00:11:22:35 (direct)",
    );
    expect(await virsh("dumpxml", "web")).toContain("protocol='rbd'");
    await stack.destroy();
    await virsh("pool-destroy", "own");
  });

  test("a network with both kinds of addresses is imported without a change", async () => {
    await define(
      "net-define",
      `<network><name>dual</name><bridge name='br-dual'/>
           <ip address='192.168.90.1' netmask='255.255.255.0'><dhcp><range start='192.168.90.2' end='192.168.90.254'/></dhcp></ip>
           <ip family='ipv6' address='fd00:90::1' prefix='64'/></network>`,
    );
    await virsh("net-start", "dual");
    const id = await virsh("net-uuid", "dual");
    const imported = program((opts) => {
      const [addresses, hostAddresses] = [["192.168.90.0/24"], ["192.168.90.1"]];
      const more = { dhcp: { enabled: true }, dns: { enabled: true } };
      new libvirt.Network("n", { name: "dual", addresses, hostAddresses, ...more }, { ...opts, import: id });
    });
    expect(await stack.up(imported)).toMatchObject({ create: 2, update: 0, replace: 0 });
    expect(await stack.refresh()).toEqual({ ...none, same: 3 });
  });

  test("texts as they are, names of all kinds, a network in mode bridge, a path with a slash more: no drift", async () => {
    const image = join(daemon.directory, "halt.img");
    writeFileSync(image, haltingImage());
    await define("net-define", "<network><name>host</name><bridge name='br-host'/></network>");
    await virsh("net-start", "host");
    const wanted = program((opts) => {
      const disks = new libvirt.Pool("disks", { type: "dir", target: { path: `${daemon.directory}//pool/` } }, opts);
      const lan = new libvirt.Network("lan", { mode: "bridge", bridge: "br-host" }, opts);
      const disk = new libvirt.Volume("disk", { pool: disks.name, source: image }, opts);
      const inputs = {
        ...{ memory: 64, domainType: "qemu", graceful: 0, disks: [{ volumeId: disk.id }] },
        description: '  first line\n\tsecond <line> & "more"\r\n',
        networkInterfaces: [{ networkId: lan.id, mac: "52:54:00:B2:2F:86" }],
      };
      new libvirt.Domain("küche 😀", inputs, opts);
    });
    await stack.up(wanted);
    const id = await virsh("domid", "küche 😀");
    expect(await virsh("dumpxml", "küche 😀")).toMatch(/<interface type='bridge'>[^]*<source network='lan'/);
    expect(await stack.refresh()).toEqual({ ...none, same: 6 });
    expect(await stack.up(wanted)).toEqual({ ...none, same: 6 });
    // What a killed run left is known by its name, and runs on.
    await stack.forget("küche 😀");
    expect(await stack.up(wanted)).toEqual({ ...none, create: 1, same: 5 });
    expect(await virsh("domid", "küche 😀")).toBe(id);
    await stack.destroy();
    await virsh("net-destroy", "host");
    await virsh("net-undefine", "host");
  });
});
