import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as libvirt from "@pulumi/libvirt";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import { buildMachineImage } from "../../../artifacts/machine-image/index.ts";
import { kvmProblem } from "../../../providers/kit/plain/kvm.ts";
import { findEngine } from "../../../setup/engine/find.ts";
import { BootedMachine } from "../../support/bootedMachine.ts";
import { describeUnless } from "../../support/describeUnless.ts";
import { libvirtdProblem, PrivateLibvirtd } from "../../support/libvirtd.ts";
import { PluginStack, type Operations } from "../../support/pluginStack.ts";

/** What an edit changes of the machine below. */
interface Edit extends Omit<libvirt.DomainArgs, "disks" | "networkInterfaces"> {
  diskGiB?: number;
  diskRead?: number;
  diskWrite?: number;
  linkUp?: boolean;
}

const programs = ["/usr/bin/qemu-system-x86_64", "/usr/bin/genisoimage", "/usr/bin/ssh", "/usr/bin/nc"];
const missing = programs.filter((path) => !existsSync(path)).map((path) => `not installed: ${path}`);
const engine = findEngine() ? [] : ["no Pulumi engine (./strata setup makes one)"];
const problem = libvirtdProblem() ?? [...missing, ...engine][0];
describeUnless(problem, "the gentlest change: every row of docs/libvirt.md's table, on one machine", () => {
  let daemon: PrivateLibvirtd;
  let stack: PluginStack;
  let machine: BootedMachine;
  let image: { directory: string; cmdline: string };
  const none = { create: 0, update: 0, replace: 0, delete: 0, same: 0 };
  const edited: Operations = { ...none, update: 1, same: 7 };
  let edit: Edit = { memory: 512, memoryMaximum: 640, vcpu: 1, vcpuMaximum: 2 };

  beforeAll(async () => {
    const { directory } = await buildMachineImage(["mqtt", "workload"]);
    const { cmdline } = JSON.parse(readFileSync(join(directory, "image.json"), "utf8")) as { cmdline: string };
    image = { directory, cmdline };
    daemon = await PrivateLibvirtd.start();
    stack = await PluginStack.create(["libvirt"]);
    machine = new BootedMachine(daemon);
  });
  afterAll(async () => {
    await stack.destroy();
    stack.remove();
    await daemon.stop();
  });

  const program: PulumiFn = () => {
    const { diskGiB = 4, diskRead, diskWrite, linkUp, ...args } = edit;
    const opts = { provider: new libvirt.Provider("host", { uri: daemon.uri("qemu") }) };
    const pool = new libvirt.Pool("disks", { type: "dir", target: { path: join(daemon.directory, "pool") } }, opts);
    const network = new libvirt.Network(
      "net",
      { bridge: "br-t", addresses: ["10.77.0.0/16"], hostAddresses: ["10.77.255.254"], dhcp: { enabled: false } },
      opts,
    );
    const base = new libvirt.Volume("base", { pool: pool.name, source: join(image.directory, "disk.qcow2") }, opts);
    const size = diskGiB * 2 ** 30;
    const disk = new libvirt.Volume("disk", { pool: pool.name, baseVolumeId: base.id, size }, opts);
    const seed = new libvirt.CloudInitDisk("seed", { pool: pool.name, ...machine.seed() }, opts);
    new libvirt.Domain(
      "m",
      {
        cpu: { mode: kvmProblem("self") === undefined ? "host-passthrough" : "maximum" },
        kernel: join(image.directory, "vmlinuz"),
        initrd: join(image.directory, "initramfs.img"),
        cmdlines: [{ _: image.cmdline }],
        disks: [{ volumeId: disk.id, diskRead, diskWrite }, { volumeId: seed.id }],
        networkInterfaces: [{ networkId: network.id, mac: machine.mac, linkUp }],
        consoleLog: join(daemon.directory, "console.log"),
        ...args,
      },
      opts,
    );
    return Promise.resolve();
  };
  /** Makes an edit, after its preview has said what it will do; returns both, and what was printed. */
  const change = async (what: Edit) => {
    edit = { ...edit, ...what };
    const preview = await stack.previewDetail(program, "m");
    let output = "";
    const operations = await stack.up(program, (text) => {
      output += text;
    });
    return { preview, operations, output };
  };
  const virsh = (...args: string[]): Promise<string> => daemon.virsh("qemu", ...args);

  let boot: string;
  beforeAll(async () => {
    expect(await stack.up(program)).toEqual({ ...none, create: 8 });
    boot = await machine.bootId();
    await machine.ssh("modprobe virtio_balloon; echo kept > /root/file");
  });

  test("a share of a core, pinned to one of the host's, and free again: live", async () => {
    const { preview, operations } = await change({ cpuQuota: 0.5, cpuPinning: ["0"] });
    expect(preview).toEqual({ op: "update", diff: ["+cpuPinning", "+cpuQuota"] });
    expect(operations).toEqual(edited);
    expect(await virsh("schedinfo", "m", "--live")).toMatch(/vcpu_quota\s*:\s*50000/);
    expect(await virsh("schedinfo", "m", "--config")).toMatch(/vcpu_quota\s*:\s*50000/);
    expect(await virsh("vcpupin", "m", "--live")).toMatch(/^\s*0\s+0$/m);
    expect(await stack.refresh()).toEqual({ ...none, same: 8 });

    const freed = await change({ cpuQuota: undefined, cpuPinning: undefined });
    expect(freed.preview).toEqual({ op: "update", diff: ["-cpuPinning", "-cpuQuota"] });
    expect(await virsh("schedinfo", "m", "--live")).toMatch(/vcpu_quota\s*:\s*(-1|\d{15,})/);
    expect(await virsh("vcpupin", "m", "--live")).toMatch(/^\s*0\s+0-\d+$/m);
    expect(await stack.refresh()).toEqual({ ...none, same: 8 });
    expect(await machine.bootId()).toBe(boot);
  });

  test("disk throughput, description, autostart, graceful: live", async () => {
    // 20.48 MB, past the machine's own cache.
    const megabytesPerSecond = async (options: string): Promise<number> => {
      const copied = await machine.ssh(`dd bs=102400 count=200 ${options} 2>&1`);
      return 20.48 / Number(/copied, ([\d.]+) s/.exec(copied)?.[1]);
    };
    const speeds = async () => ({
      write: await megabytesPerSecond("if=/dev/zero of=/root/zeros oflag=direct"),
      read: await megabytesPerSecond("if=/root/zeros of=/dev/null iflag=direct"),
    });
    const before = await speeds();
    const limits = { diskRead: 4_000_000, diskWrite: 5_000_000 };
    const { preview, operations } = await change({
      ...limits,
      description: "slow disk",
      autostart: true,
      graceful: 60,
    });
    const disk = ["+disks[0].diskRead", "+disks[0].diskWrite"];
    expect(preview).toEqual({ op: "update", diff: ["+autostart", "+description", ...disk, "+graceful"] });
    expect(operations).toEqual(edited);
    const tuning = await virsh("blkdeviotune", "m", "vda", "--live");
    expect(tuning).toMatch(/read_bytes_sec\s*:\s*4000000/);
    expect(tuning).toMatch(/write_bytes_sec\s*:\s*5000000/);
    const reached = await speeds();
    expect(await virsh("desc", "m", "--live")).toBe("slow disk");
    expect(await virsh("dominfo", "m")).toMatch(/Autostart:\s+enable/);
    expect(await stack.refresh()).toEqual({ ...none, same: 8 });

    expect((await change({ diskRead: undefined, diskWrite: undefined })).operations).toEqual(edited);
    const after = await speeds();
    // A machine that is slower than its limit by itself can't reach it.
    for (const [way, limit] of [
      ["write", 5],
      ["read", 4],
    ] as const) {
      expect(reached[way]).toBeLessThan(1.1 * limit);
      expect(reached[way]).toBeGreaterThan(0.8 * Math.min(limit, before[way], after[way]));
    }
    expect(await machine.bootId()).toBe(boot);
  });

  test("a pulled cable: live", async () => {
    const { preview, operations } = await change({ linkUp: false });
    expect(preview).toEqual({ op: "update", diff: ["+networkInterfaces[0].linkUp"] });
    expect(operations).toEqual(edited);
    expect(await virsh("domif-getlink", "m", machine.mac)).toMatch(/ down$/);
    await change({ linkUp: undefined });
    expect(await virsh("domif-getlink", "m", machine.mac)).toMatch(/ up$/);
    expect(await machine.bootId()).toBe(boot);
  });

  test("memory and processors within the maximum: live", async () => {
    const { preview, operations, output } = await change({ memory: 600, vcpu: 2 });
    expect(preview).toEqual({ op: "update", diff: ["~memory", "~vcpu"] });
    expect(operations).toEqual(edited);
    expect(output).not.toContain("restarted");
    expect(await machine.bootId()).toBe(boot);
    expect(await machine.ssh("cat /sys/devices/system/cpu/present")).toBe("0-1");
    expect(await virsh("dominfo", "m")).toMatch(/Used memory:\s+614400 KiB/);
    expect(await stack.refresh()).toEqual({ ...none, same: 8 });
  });

  test("memory and processors beyond the maximum: a restart, by the power button, with the disk kept", async () => {
    const { preview, operations, output } = await change({ memory: 700, memoryMaximum: undefined, vcpuMaximum: 3 });
    expect(preview).toEqual({ op: "update", diff: ["+restarts", "-memoryMaximum", "~memory", "~vcpuMaximum"] });
    expect(operations).toEqual(edited);
    expect(output).not.toContain("did not shut down");
    const now = await machine.bootId();
    expect(now).not.toBe(boot);
    boot = now;
    expect(await machine.ssh("cat /root/file")).toBe("kept");
    expect(await virsh("dominfo", "m")).toMatch(/Max memory:\s+716800 KiB/);
    expect(await stack.refresh()).toEqual({ ...none, same: 8 });
  });

  test("another name: a new machine on the same disk", async () => {
    const { preview, operations } = await change({ name: "n" });
    expect(preview).toEqual({ op: "replace", diff: ["~name"] });
    expect(operations).toEqual({ ...none, replace: 1, same: 7 });
    const now = await machine.bootId();
    expect(now).not.toBe(boot);
    boot = now;
    expect(await machine.ssh("cat /root/file")).toBe("kept");
  });

  test("another disk: a new machine", async () => {
    const { preview, operations } = await change({ diskGiB: 5 });
    // The machine follows its disk, whose own line says why.
    expect(preview).toEqual({ op: "replace", diff: [] });
    expect(operations).toEqual({ ...none, replace: 2, same: 6 });
    expect(await machine.bootId()).not.toBe(boot);
    expect(await machine.ssh("ls /root")).toBe("");
  });

  test("another kernel command line: a restart", async () => {
    boot = await machine.bootId();
    const { preview, operations } = await change({ cmdlines: [{ _: image.cmdline, mark: "yes" }] });
    expect(preview).toEqual({ op: "update", diff: ["+cmdlines[0].mark", "+restarts"] });
    expect(operations).toEqual(edited);
    expect(await machine.bootId()).not.toBe(boot);
    expect(await machine.ssh("cat /proc/cmdline")).toContain(" mark=yes");
  });

  const shutdowns = (): number =>
    readFileSync(join(daemon.directory, "console.log"), "utf8").split("reboot: Power down").length - 1;

  test("switched off, by the power button", async () => {
    const before = shutdowns();
    const { preview, operations, output } = await change({ running: false });
    expect(preview).toEqual({ op: "update", diff: ["+running"] });
    expect(operations).toEqual(edited);
    expect(output).not.toContain("did not shut down");
    expect(shutdowns()).toBe(before + 1);
  });

  test("how long it may take to shut down: at once, where it is 0", async () => {
    await change({ running: undefined });
    await machine.bootId();
    const { preview, operations } = await change({ graceful: 0 });
    expect(preview).toEqual({ op: "update", diff: ["~graceful"] });
    expect(operations).toEqual(edited);
    const before = shutdowns();
    await change({ running: false });
    expect(shutdowns()).toBe(before);
  });

  test("another architecture: a new machine, where the host can emulate it", async () => {
    const before = await virsh("domuuid", "n");
    const { preview, operations } = await change({ arch: "i686" });
    expect(preview).toEqual({ op: "replace", diff: ["+arch"] });
    expect(operations).toEqual({ ...none, replace: 1, same: 7 });
    expect(await virsh("domuuid", "n")).not.toBe(before);
    expect(await virsh("dumpxml", "n")).toContain("arch='i686'");
    edit = { ...edit, arch: "riscv64" };
    expect(await stack.failure(program)).toContain("riscv64");
  });
});
