import { execFileSync } from "node:child_process";
import { createReadStream, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as libvirt from "@pulumi/libvirt";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import { createVolume, deleteVolume, uploadVolume } from "../../../providers/libvirt/resources/volumes.ts";
import { Libvirt } from "../../../providers/libvirt/rpc/libvirt.ts";
import { pools } from "../../../providers/libvirt/rpc/procedures.ts";
import { findEngine } from "../../../setup/engine/find.ts";
import { haltingImage } from "../../support/bootSector.ts";
import { describeUnless } from "../../support/describeUnless.ts";
import { libvirtdProblem, PrivateLibvirtd } from "../../support/libvirtd.ts";
import { withoutMarks } from "../../support/marks.ts";
import { PluginStack, type Operations } from "../../support/pluginStack.ts";
import { until } from "../../support/until.ts";

const qemu = "/usr/bin/qemu-system-x86_64";
const missing = existsSync(qemu) ? [] : [`not installed: ${qemu}`];
const engine = findEngine() ? [] : ["no Pulumi engine (./strata setup makes one)"];
const problem = libvirtdProblem() ?? [...missing, ...engine][0];
// Machines are defined and not started: it is what is made, and where it is left, that faults can spoil. Kills are killed.test.ts's.
describeUnless(problem, "faults, with QEMU's driver", () => {
  const machines = 6;
  const names = Array.from({ length: machines }, (_, index) => `m-${index}`);
  /** Provider, pool, network, image, three of each machine's, and the stack itself. */
  const all = 5 + 3 * machines;
  const none = { create: 0, update: 0, replace: 0, delete: 0, same: 0 };
  let daemon: PrivateLibvirtd;
  let stack: PluginStack;
  const virsh = (...args: string[]): Promise<string> => daemon.virsh("qemu", ...args);
  const listed = (...args: string[]): Promise<string[]> => daemon.listed("qemu", ...args);

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

  const program =
    (source = join(daemon.directory, "halt.img"), poolName?: string): PulumiFn =>
    () => {
      const opts = { provider: new libvirt.Provider("host", { uri: daemon.uri("qemu") }) };
      const target = { path: join(daemon.directory, "pool") };
      const disks = new libvirt.Pool("disks", { type: "dir", target }, opts);
      const pool = poolName ?? disks.name;
      const network = new libvirt.Network("net", { bridge: "br-t", addresses: ["10.77.0.0/16"] }, opts);
      const base = new libvirt.Volume("base", { pool, source }, opts);
      for (const name of names) {
        const disk = new libvirt.Volume(`${name}-disk`, { pool, baseVolumeId: base.id, size: 2 ** 24 }, opts);
        const seed = new libvirt.CloudInitDisk(`${name}-seed`, { pool, userData: "#cloud-config\n" }, opts);
        new libvirt.Domain(
          name,
          {
            ...{ memory: 16, domainType: "qemu", running: false },
            disks: [{ volumeId: disk.id }, { volumeId: seed.id }],
            networkInterfaces: [{ networkId: network.id }],
          },
          opts,
        );
      }
      return Promise.resolve();
    };
  const whole = async (): Promise<void> => {
    expect(await listed("list", "--all", "--name")).toEqual(names);
    const volumes = names.flatMap((name) => [`${name}-disk`, `${name}-seed`]);
    expect(withoutMarks(await listed("vol-list", "disks"))).toEqual(["base", ...volumes].sort());
    expect(await listed("vol-list", "disks")).toHaveLength(2 * (1 + volumes.length));
    expect(await listed("net-list", "--all", "--name")).toEqual(["net"]);
  };
  const total = ({ create, update, same }: Operations): number => create + update + same;

  test("libvirtd restarted during an update: that one says so, the next one completes it", async () => {
    let ended = false;
    const update = stack
      .up(program())
      .then(
        () => "",
        (error: unknown) => String(error),
      )
      .finally(() => (ended = true));
    // As soon as the pool is there, which is when the image and the machines are about to be made.
    await until("the pool to be there", 5 * 60_000, async () => (await virsh("pool-list", "--name")) === "disks", 50);
    expect(ended as boolean).toBe(false);
    await daemon.restart();
    const failure = await update;
    if (failure !== "") expect(failure).toMatch(/the daemon closed the connection|can't connect to libvirt|broke/);
    expect(total(await stack.up(program()))).toBe(all);
    await whole();
  });

  test("a full disk: nothing half is left, and with room the next update completes it", async () => {
    const source = join(daemon.directory, "large.img");
    writeFileSync(source, Buffer.alloc(3 * 2 ** 20, 1));
    const path = join(daemon.directory, "pool");
    const upload: PulumiFn = () => {
      const opts = { provider: new libvirt.Provider("host", { uri: daemon.uri("qemu") }) };
      const disks = new libvirt.Pool("disks", { type: "dir", target: { path } }, opts);
      new libvirt.Volume("base", { pool: disks.name, source }, opts);
      return Promise.resolve();
    };
    mkdirSync(path);
    execFileSync("nsenter", [...daemon.mounts, "mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", path]);
    const failure = await stack.failure(upload);
    expect(failure).toContain("No space left on device");
    // Again and again: libvirt itself confirms one of ten such uploads.
    const client = new Libvirt(daemon.uri("qemu"));
    const { pool } = await client.call(pools.lookupByName, { name: "disks" });
    for (let attempt = 0; attempt < 50; attempt += 1) {
      const definition = { name: "cut-off", format: "raw", capacity: 3 * 2 ** 20 } as const;
      const volume = await createVolume(client, pool, definition);
      const upload = uploadVolume(client, volume, createReadStream(source), definition.capacity);
      await expect(upload).rejects.toThrow("No space left on device");
      await deleteVolume(client, volume);
    }
    client.close();
    expect(await listed("vol-list", "disks")).toEqual([]);
    execFileSync("nsenter", [...daemon.mounts, "mount", "-o", "remount,size=8m", path]);
    expect(await stack.up(upload)).toEqual({ ...none, create: 1, same: 3 });
    expect(await stack.destroy()).toEqual({ ...none, delete: 4 });
  });

  test("a pool that is missing, and what is gone already when it is destroyed", async () => {
    expect(await stack.failure(program(undefined, "nowhere"))).toContain(
      `pool: there is no storage pool "nowhere" at ${daemon.uri("qemu")}; make one with libvirt.Pool`,
    );
    await stack.up(program());
    for (const name of names) await virsh("undefine", name);
    for (const name of await listed("vol-list", "disks")) await virsh("vol-delete", name, "--pool", "disks");
    await virsh("net-destroy", "net");
    await virsh("net-undefine", "net");
    await virsh("pool-destroy", "disks");
    await virsh("pool-undefine", "disks");
    expect(await stack.destroy()).toEqual({ ...none, delete: all });
  });

  test("destroyed when the files of its disks are gone, and when libvirtd itself is", async () => {
    await stack.up(program());
    execFileSync("rm", ["-r", join(daemon.directory, "pool")]);
    expect(await stack.destroy()).toEqual({ ...none, delete: all });
    expect(await listed("list", "--all", "--name")).toEqual([]);
    expect(await listed("pool-list", "--all", "--name")).toEqual([]);

    const other = await PrivateLibvirtd.start();
    const small: PulumiFn = () => {
      const opts = { provider: new libvirt.Provider("host", { uri: other.uri("qemu") }) };
      new libvirt.Domain("left", { memory: 16, domainType: "qemu", running: false }, opts);
      return Promise.resolve();
    };
    await stack.up(small);
    await other.stop();
    expect(await stack.destroy()).toEqual({ ...none, delete: 3 });
  });
});
