// Beside things of others: each kind of object is there before by the wanted name, or comes to be in between.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as libvirt from "@pulumi/libvirt";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import { findEngine } from "../../../setup/engine/find.ts";
import { describeUnless } from "../../support/describeUnless.ts";
import { libvirtdProblem, PrivateLibvirtd } from "../../support/libvirtd.ts";
import { withoutMarks } from "../../support/marks.ts";
import { PluginStack } from "../../support/pluginStack.ts";

const needed = ["/usr/bin/qemu-img", "/usr/bin/genisoimage"].find((path) => !existsSync(path));
const problem =
  libvirtdProblem() ??
  (needed === undefined ? undefined : `not installed: ${needed}`) ??
  (findEngine() ? undefined : "no Pulumi engine (./strata setup makes one)");
describeUnless(problem, "things of others by the same names, with QEMU's driver", () => {
  const none = { create: 0, update: 0, replace: 0, delete: 0, same: 0 };
  let daemon: PrivateLibvirtd;
  let stack: PluginStack;
  let foreign: string;
  const virsh = (...args: string[]): Promise<string> => daemon.virsh("qemu", ...args);
  const listed = (...args: string[]): Promise<string[]> => daemon.listed("qemu", ...args);
  const opts = (): { provider: libvirt.Provider } => ({
    provider: new libvirt.Provider("host", { uri: daemon.uri("qemu") }),
  });
  const program =
    (make: (opts: { provider: libvirt.Provider }) => void): PulumiFn =>
    () => {
      make(opts());
      return Promise.resolve();
    };

  beforeAll(async () => {
    daemon = await PrivateLibvirtd.start();
    stack = await PluginStack.create(["libvirt"]);
  });
  beforeEach(async () => {
    foreign = join(daemon.directory, "foreign");
    await virsh("pool-define-as", "default", "dir", "--target", foreign);
    await virsh("pool-build", "default");
    await virsh("pool-start", "default");
  });
  afterEach(async () => {
    await stack.destroy();
    await virsh("pool-destroy", "default").catch(() => undefined);
    await virsh("pool-undefine", "default").catch(() => undefined);
    rmSync(foreign, { recursive: true, force: true });
  });
  afterAll(async () => {
    stack.remove();
    await daemon.stop();
  });

  /** What others have: their pool, and what they have written into their volumes. */
  const expectForeign = async (files: Record<string, string>): Promise<void> => {
    expect(await virsh("pool-info", "default")).toMatch(/State:\s+running\n.*\nAutostart:\s+no/);
    expect(readdirSync(foreign).sort()).toEqual(Object.keys(files).sort());
    for (const [name, content] of Object.entries(files)) {
      expect(execFileSync("tail", ["-c", String(content.length), join(foreign, name)], { encoding: "utf8" })).toBe(
        content,
      );
    }
  };
  /** A volume of someone else's, with something in it. */
  const theirs = async (name: string, format = "qcow2", size = String(2 ** 30)): Promise<string> => {
    await virsh("vol-create-as", "default", name, size, "--format", format);
    writeFileSync(join(foreign, name), "theirs", { flag: "a" });
    return "theirs";
  };
  const pool = (opts: object, path = foreign): libvirt.Pool =>
    new libvirt.Pool("pool", { name: "default", type: "dir", target: { path } }, opts);
  const pooled = (make: (pool: libvirt.Pool, opts: { provider: libvirt.Provider }) => void): PulumiFn =>
    program((opts) => {
      make(pool(opts), opts);
    });

  test("a pool that was there is used and left, a volume in it is refused, and destroy leaves both", async () => {
    const data = await theirs("data.qcow2");
    const wanted = (name: string): PulumiFn =>
      pooled((pool, opts) => {
        new libvirt.Volume("v", { name, pool: pool.name, size: 2 ** 30 }, opts);
      });
    expect(await stack.failure(wanted("data.qcow2"))).toContain(
      `there is already a volume "data.qcow2" in pool "default" at ${daemon.uri("qemu")}, which this resource did not ` +
        "make; choose another name, remove it (virsh vol-delete), or take it over with `pulumi import`",
    );
    await stack.destroy();
    await expectForeign({ "data.qcow2": data });

    expect(await stack.up(wanted("own.qcow2"))).toMatchObject({ create: 4 });
    expect(withoutMarks(readdirSync(foreign))).toEqual(["data.qcow2", "own.qcow2"]);
    expect(await stack.refresh()).toEqual({ ...none, same: 4 });
    expect(await stack.destroy()).toEqual({ ...none, delete: 4 });
    await expectForeign({ "data.qcow2": data });
  });

  test("a seed that was there is refused, and so is a file that libvirt has not seen", async () => {
    const data = await theirs("seed", "raw", "512");
    const seed = (name: string): PulumiFn =>
      pooled((pool, opts) => {
        new libvirt.CloudInitDisk("s", { name, pool: pool.name, userData: "#cloud-config\n" }, opts);
      });
    expect(await stack.failure(seed("seed"))).toContain('there is already a volume "seed" in pool "default"');
    writeFileSync(join(foreign, "unseen"), "unseen");
    expect(await stack.failure(seed("unseen"))).toContain('there is already a volume "unseen" in pool "default"');
    await expectForeign({ seed: data, unseen: "unseen" });
  });

  test("an upload beside others' files of its helpers' old names touches none of them", async () => {
    const source = join(daemon.directory, "image");
    writeFileSync(source, Buffer.alloc(2 ** 20, "image"));
    const incomplete = await theirs("base.incomplete", "raw", "4096");
    writeFileSync(join(foreign, "base.source"), "source");
    const upload = pooled((pool, opts) => {
      new libvirt.Volume("base", { pool: pool.name, source }, opts);
    });
    expect(await stack.up(upload)).toMatchObject({ create: 4 });
    expect(readFileSync(join(foreign, "base")).equals(readFileSync(source))).toBe(true);
    await stack.destroy();
    await expectForeign({ "base.incomplete": incomplete, "base.source": "source" });
  });

  test("what others put in place of a volume is not deleted", async () => {
    const wanted = pooled((pool, opts) => {
      new libvirt.Volume("v", { pool: pool.name, size: 2 ** 20 }, opts);
    });
    await stack.up(wanted);
    await virsh("vol-delete", "v", "--pool", "default");
    const data = await theirs("v");
    expect(await stack.failureToDestroy()).toContain(
      `the volume ${foreign}/v at ${daemon.uri("qemu")} is not the one that this resource made: it has 1073741824 bytes, ` +
        "not 1048576. It is left as it is",
    );
    expect(readFileSync(join(foreign, "v"), "latin1").endsWith(data)).toBe(true);

    // Deleted together with its mark, and another of the very same size made: it is known by the mark.
    for (const name of readdirSync(foreign)) await virsh("vol-delete", name, "--pool", "default");
    await theirs("v", "qcow2", String(2 ** 20));
    expect(await stack.failureToDestroy()).toContain("the mark beside the one of this resource has gone");
    expect(await stack.refresh()).toMatchObject({ delete: 1 });
    await stack.destroy();
    await expectForeign({ v: data });
  });

  test("a pool of ours stays with what others have put into it, and is ours again at the next update", async () => {
    const path = join(daemon.directory, "ours");
    const wanted = program((opts) => {
      const ours = new libvirt.Pool("ours", { type: "dir", target: { path } }, opts);
      new libvirt.Volume("v", { pool: ours.name, size: 2 ** 20 }, opts);
    });
    await stack.up(wanted);
    await virsh("vol-create-as", "ours", "guest", "1M");
    writeFileSync(join(path, "dump"), "dump");
    expect(await stack.destroy()).toEqual({ ...none, delete: 4 });
    expect(await listed("vol-list", "ours")).toEqual(["dump", "guest"]);
    await stack.up(wanted);
    for (const name of ["dump", "guest"]) await virsh("vol-delete", name, "--pool", "ours");
    await stack.destroy();
    expect(existsSync(path)).toBe(false);
    expect(await listed("pool-list", "--all", "--name")).toEqual(["default"]);
  });

  test("a directory that was there stays, empty, and a pool elsewhere by that name is refused", async () => {
    const path = join(daemon.directory, "before");
    mkdirSync(path);
    const wanted = (name: string): PulumiFn =>
      program((opts) => {
        new libvirt.Pool("p", { name, type: "dir", target: { path } }, opts);
      });
    await stack.up(wanted("p"));
    await stack.forget("p");
    await stack.up(wanted("p"));
    await stack.destroy();
    expect(readdirSync(path)).toEqual([]);
    expect(await listed("pool-list", "--all", "--name")).toEqual(["default"]);
    expect(await stack.failure(wanted("default"))).toContain(
      `there is already a pool "default", of type dir in ${foreign}; choose another name or remove it`,
    );
    rmSync(path, { recursive: true });
  });

  test("networks and machines that were there are refused, and stay", async () => {
    const network = join(daemon.directory, "net.xml");
    writeFileSync(network, "<network><name>net</name><bridge name='br-f'/></network>");
    await virsh("net-define", network);
    await virsh("net-start", "net");
    const machine = join(daemon.directory, "machine.xml");
    writeFileSync(
      machine,
      "<domain type='qemu'><name>m</name><memory unit='MiB'>16</memory><os><type machine='pc'>hvm</type></os></domain>",
    );
    await virsh("define", machine);
    const before = [await virsh("net-dumpxml", "net"), await virsh("dumpxml", "m")];
    const failure = await stack.failure(
      program((opts) => {
        new libvirt.Network("n", { name: "net", bridge: "br-f" }, opts);
        new libvirt.Domain("d", { name: "m", memory: 32, domainType: "qemu", running: false }, opts);
      }),
    );
    expect(failure).toContain('there is already a network "net", which Pulumi did not make');
    expect(failure).toContain(
      'there is already a machine "m", which Pulumi did not make; choose another name, remove it, ' +
        "or take it over with `pulumi import`",
    );
    await stack.destroy();
    expect([await virsh("net-dumpxml", "net"), await virsh("dumpxml", "m")]).toEqual(before);
    await virsh("net-destroy", "net");
    await virsh("net-undefine", "net");
    await virsh("undefine", "m");
  });

  test("an imported volume and an imported pool go as Pulumi's users expect; the pool's directory does not", async () => {
    await theirs("data.qcow2", "qcow2", String(2 ** 20));
    const id = await virsh("pool-uuid", "default");
    const imported = program((opts) => {
      const size = 2 ** 20;
      const target = { path: foreign };
      const pool = new libvirt.Pool("p", { name: "default", type: "dir", target }, { ...opts, import: id });
      const args = { name: "data.qcow2", pool: pool.name, format: "qcow2", size };
      new libvirt.Volume("v", args, { ...opts, import: join(foreign, "data.qcow2") });
    });
    expect(await stack.up(imported)).toMatchObject({ create: 2, update: 0, replace: 0 });
    await stack.destroy();
    expect(readdirSync(foreign)).toEqual([]);
    expect(await listed("pool-list", "--all", "--name")).toEqual([]);
  });

  test("a stack of an older version: no change, no drift, and its destroy removes what is its own", async () => {
    const path = join(daemon.directory, "old");
    const wanted = program((opts) => {
      const old = new libvirt.Pool("old", { type: "dir", target: { path } }, opts);
      const base = new libvirt.Volume("base", { pool: old.name, size: 2 ** 20 }, opts);
      new libvirt.Volume("disk", { pool: old.name, baseVolumeId: base.id, size: 2 ** 21 }, opts);
      new libvirt.CloudInitDisk("seed", { pool: old.name, userData: "#cloud-config\n" }, opts);
    });
    await stack.up(wanted);
    // As before there were marks: none in the pool, none in the state.
    await stack.forgetOutputs("mark", "origin");
    for (const name of readdirSync(path).filter((name) => name.includes(".owner-"))) {
      await virsh("vol-delete", name, "--pool", "old");
    }
    expect(await stack.up(wanted)).toEqual({ ...none, same: 6 });
    expect(await stack.refresh()).toEqual({ ...none, same: 6 });
    expect(await stack.destroy()).toEqual({ ...none, delete: 6 });
    expect(existsSync(path)).toBe(false);
  });

  test("a source renewed after a killed run replaces what that one left of the old one", async () => {
    const source = join(daemon.directory, "image");
    const upload = pooled((pool, opts) => {
      new libvirt.Volume("base", { pool: pool.name, source }, opts);
    });
    writeFileSync(source, Buffer.alloc(2 ** 20, "old"));
    await stack.up(upload);
    await stack.forget("base");
    expect(await stack.up(upload)).toMatchObject({ create: 1 });
    expect(readFileSync(join(foreign, "base")).equals(Buffer.alloc(2 ** 20, "old"))).toBe(true);
    await stack.forget("base");
    writeFileSync(source, Buffer.alloc(2 ** 20, "new"));
    await stack.up(upload);
    expect(readFileSync(join(foreign, "base")).equals(Buffer.alloc(2 ** 20, "new"))).toBe(true);
    // What a machine has written into it since is its own.
    writeFileSync(join(foreign, "base"), "written", { flag: "r+" });
    await stack.forget("base");
    await stack.up(upload);
    expect(readFileSync(join(foreign, "base"), "latin1").startsWith("written")).toBe(true);
  });
});
