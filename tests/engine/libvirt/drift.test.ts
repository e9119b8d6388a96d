import { existsSync, writeFileSync } from "node:fs";
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
describeUnless(problem, "drift and import, with QEMU", () => {
  let daemon: PrivateLibvirtd;
  let stack: PluginStack;
  const none = { create: 0, update: 0, replace: 0, delete: 0, same: 0 };
  const virsh = (...args: string[]): Promise<string> => daemon.virsh("qemu", ...args);
  const pool = (): string => join(daemon.directory, "pool");

  beforeAll(async () => {
    daemon = await PrivateLibvirtd.start();
    writeFileSync(join(daemon.directory, "halt.img"), haltingImage());
    stack = await PluginStack.create(["libvirt"]);
  });
  afterEach(() => stack.destroy());
  afterAll(async () => {
    stack.remove();
    await daemon.stop();
  });

  const machine = (name: string, args: libvirt.DomainArgs, opts: object): libvirt.Domain =>
    new libvirt.Domain(name, { memory: 64, domainType: "qemu", graceful: 0, ...args }, opts);
  /** Three machines that halt at once, the first two with disks: 1 + 1 + 1 + 2 + 3 resources, and the stack itself. */
  const program: PulumiFn = () => {
    const opts = { provider: new libvirt.Provider("host", { uri: daemon.uri("qemu") }) };
    const disks = new libvirt.Pool("disks", { type: "dir", target: { path: pool() } }, opts);
    const base = new libvirt.Volume("base", { pool: disks.name, source: join(daemon.directory, "halt.img") }, opts);
    for (const name of ["a", "b"]) {
      const disk = new libvirt.Volume(`disk-${name}`, { pool: disks.name, baseVolumeId: base.id, size: 2 ** 26 }, opts);
      machine(name, { cpuQuota: 0.5, disks: [{ volumeId: disk.id }] }, opts);
    }
    machine("c", {}, opts);
    return Promise.resolve();
  };

  test("what was changed with virsh is found by a refresh, and mended by the next update", async () => {
    expect(await stack.up(program)).toEqual({ ...none, create: 9 });

    // Quota of what runs, memory of the next start.
    await virsh("schedinfo", "a", "--live", "--set", "vcpu_quota=20000");
    await virsh("setmaxmem", "c", "96M", "--config");
    await virsh("setmem", "c", "96M", "--config");
    expect(await stack.refresh()).toEqual({ ...none, update: 2, same: 7 });
    expect(await stack.previewDetail(program, "a")).toEqual({ op: "update", diff: ["~cpuQuota"] });
    expect(await stack.previewDetail(program, "c")).toEqual({ op: "update", diff: ["+restarts", "~memory"] });
    expect(await stack.up(program)).toEqual({ ...none, update: 2, same: 7 });
    expect(await virsh("schedinfo", "a", "--live")).toMatch(/vcpu_quota\s*:\s*50000/);
    expect(await virsh("dominfo", "c")).toMatch(/Max memory:\s+65536 KiB/);
    expect(await stack.refresh()).toEqual({ ...none, same: 9 });

    // Stopped, and gone.
    await virsh("destroy", "a");
    await virsh("destroy", "c");
    await virsh("undefine", "c");
    expect(await stack.refresh()).toEqual({ ...none, update: 1, delete: 1, same: 7 });
    expect(await stack.up(program)).toEqual({ ...none, create: 1, update: 1, same: 7 });
    expect((await virsh("list", "--name")).split("\n").sort()).toEqual(["a", "b", "c"]);

    // A disk that was made larger is not the one that was asked for: it is made anew, and its machine.
    await virsh("destroy", "b");
    await virsh("vol-resize", "disk-b", "128M", "--pool", "disks");
    expect(await stack.refresh()).toEqual({ ...none, update: 2, same: 7 });
    expect(await stack.up(program)).toEqual({ ...none, replace: 2, same: 7 });
    expect(await virsh("vol-info", "disk-b", "--pool", "disks", "--bytes")).toMatch(/Capacity:\s+67108864 /);
    expect(await stack.up(program)).toEqual({ ...none, same: 9 });
  });

  test("import adopts a machine that others have made, and it runs on", async () => {
    const image = join(daemon.directory, "halt.img");
    await virsh("pool-create-as", "own", "dir", "--target", daemon.directory);
    const file = join(daemon.directory, "own.xml");
    writeFileSync(
      file,
      `<domain type='qemu'><name>old</name><memory unit='MiB'>48</memory><vcpu>1</vcpu>
           <os><type machine='pc'>hvm</type></os>
           <devices><disk type='file'><driver name='qemu' type='raw'/><source file='${image}'/><target dev='vda' bus='virtio'/></disk>
             <video><model type='vga'/></video></devices></domain>`,
    );
    await virsh("define", file);
    await virsh("start", "old");
    const id = await virsh("domuuid", "old");
    const number = await virsh("domid", "old");
    const adopted =
      (cpuQuota?: number): PulumiFn =>
      () => {
        const opts = { provider: new libvirt.Provider("host", { uri: daemon.uri("qemu") }), import: id };
        const known = { name: "old", machine: "pc-i440fx-7.2", disks: [{ volumeId: image }] };
        new libvirt.Domain("old", { ...known, memory: 48, domainType: "qemu", cpuQuota }, opts);
        return Promise.resolve();
      };
    // The stack and the provider; what is imported counts as none of these.
    expect(await stack.up(adopted())).toMatchObject({ create: 2, update: 0, replace: 0 });
    expect(await stack.up(adopted(0.5))).toEqual({ ...none, update: 1, same: 2 });
    expect(await virsh("schedinfo", "old", "--live")).toMatch(/vcpu_quota\s*:\s*50000/);
    expect(await virsh("domid", "old")).toBe(number);
    // What this provider knows nothing of is still there.
    expect(await virsh("dumpxml", "old", "--inactive")).toContain("type='vga'");
    expect(await virsh("dumpxml", "old", "--inactive")).toContain("urn:pulumi:libvirt");
    expect(await stack.destroy()).toEqual({ ...none, delete: 3 });
    await virsh("pool-destroy", "own");
  });
});
