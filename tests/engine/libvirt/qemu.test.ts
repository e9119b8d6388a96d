import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as libvirt from "@pulumi/libvirt";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import { Libvirt } from "../../../providers/libvirt/rpc/libvirt.ts";
import { pools, volumes } from "../../../providers/libvirt/rpc/procedures.ts";
import { volumeXml } from "../../../providers/libvirt/xml/storage.ts";
import { findEngine } from "../../../setup/engine/find.ts";
import { spinningImage } from "../../support/bootSector.ts";
import { describeUnless } from "../../support/describeUnless.ts";
import { libvirtdProblem, PrivateLibvirtd } from "../../support/libvirtd.ts";
import { withoutMarks } from "../../support/marks.ts";
import { PluginStack } from "../../support/pluginStack.ts";

const programs = ["/usr/bin/qemu-system-x86_64", "/usr/bin/genisoimage"];
const missing = programs.filter((path) => !existsSync(path)).map((path) => `not installed: ${path}`);
const engine = findEngine() ? [] : ["no Pulumi engine (./strata setup makes one)"];
const problem = libvirtdProblem() ?? [...missing, ...engine][0];
describeUnless(problem, "the libvirt plugin with QEMU", () => {
  let daemon: PrivateLibvirtd;
  let stack: PluginStack;
  let image: string;
  const none = { create: 0, update: 0, replace: 0, delete: 0, same: 0 };

  beforeAll(async () => {
    daemon = await PrivateLibvirtd.start();
    stack = await PluginStack.create(["libvirt"]);
    image = join(daemon.directory, "spin.img");
    writeFileSync(image, spinningImage());
  });
  afterAll(async () => {
    await stack.destroy();
    stack.remove();
    await daemon.stop();
  });

  const pool = (): string => join(daemon.directory, "pool");
  const consoleLog = (): string => join(daemon.directory, "console.log");
  const program =
    (cpuQuota: number): PulumiFn =>
    () => {
      const opts = { provider: new libvirt.Provider("host", { uri: daemon.uri("qemu") }) };
      const disks = new libvirt.Pool("disks", { type: "dir", target: { path: pool() } }, opts);
      const network = new libvirt.Network(
        "net",
        { bridge: "br-t", addresses: ["10.77.0.0/16"], hostAddresses: ["10.77.255.254"], dhcp: { enabled: false } },
        opts,
      );
      const base = new libvirt.Volume("base", { pool: disks.name, source: image }, opts);
      const disk = new libvirt.Volume("disk", { pool: disks.name, baseVolumeId: base.id, size: 2 ** 26 }, opts);
      const seed = new libvirt.CloudInitDisk("seed", { pool: disks.name, userData: "#cloud-config\n" }, opts);
      new libvirt.Domain(
        "spin",
        {
          ...{ memory: 64, domainType: "qemu", cpu: { mode: "maximum" }, cpuQuota, consoleLog: consoleLog() },
          disks: [{ volumeId: disk.id, diskWrite: 1e6 }, { volumeId: seed.id }],
          networkInterfaces: [{ networkId: network.id, mac: "52:54:00:0a:4d:01" }],
        },
        opts,
      );
      return Promise.resolve();
    };
  const inNamespace = (...command: string[]): string =>
    execFileSync("nsenter", [`--net=/run/netns/${daemon.namespace}`, ...command], { encoding: "utf8" });
  /** Process ids of this daemon's machine; another checkout's may have the name, too. */
  const spins = (): string =>
    execFileSync("ps", ["-eo", "pid=,args="], { encoding: "utf8" })
      .split("\n")
      .filter((line) => line.includes("qemu-system") && line.includes(`${daemon.directory}/`))
      .map((line) => line.trim().split(" ")[0])
      .join("\n");

  test("a machine boots from an uploaded image, within its quota, and nothing of it stays", async () => {
    expect(await stack.up(program(0.5))).toEqual({ ...none, create: 8 });
    expect(await stack.up(program(0.5))).toEqual({ ...none, same: 8 });
    expect(await stack.refresh()).toEqual({ ...none, same: 8 });

    expect(readFileSync(join(pool(), "base")).equals(readFileSync(image))).toBe(true);
    expect(withoutMarks(readdirSync(pool()))).toEqual(["base", "disk", "seed"]);
    const info = execFileSync("isoinfo", ["-d", "-i", join(pool(), "seed")], { encoding: "utf8" });
    expect(info).toContain("Volume id: cidata");
    expect(statSync(join(pool(), "seed")).mode & 0o077).toBe(0);
    expect(inNamespace("ip", "-o", "-4", "address", "show", "br-t")).toContain("inet 10.77.255.254/16");
    expect(existsSync(consoleLog())).toBe(true);
    expect(await daemon.virsh("qemu", "schedinfo", "spin")).toMatch(/vcpu_quota\s*:\s*50000/);

    const before = spins();
    expect(before).toMatch(/^\d+$/);
    expect(await stack.up(program(0.25))).toEqual({ ...none, update: 1, same: 7 });
    expect(await daemon.virsh("qemu", "schedinfo", "spin")).toMatch(/vcpu_quota\s*:\s*25000/);
    expect(spins()).toBe(before);

    expect(await stack.destroy()).toEqual({ ...none, delete: 8 });
    expect(spins()).toBe("");
    expect([existsSync(pool()), existsSync(consoleLog())]).toEqual([false, false]);
    expect(inNamespace("ip", "-o", "link")).not.toContain("br-t");
    expect(await daemon.virsh("qemu", "list", "--all", "--name")).toBe("");
  });

  test("a machine that uses all it may gets its share of a core: half of one, within 5 %", async () => {
    const processorNs = async (): Promise<number> =>
      Number(/vcpu\.0\.time=(\d+)/.exec(await daemon.virsh("qemu", "domstats", "spin", "--vcpu"))?.[1]);
    const share = async (): Promise<number> => {
      const [used, begun] = [await processorNs(), performance.now()];
      await new Promise((resolve) => setTimeout(resolve, 4000));
      return ((await processorNs()) - used) / 1e6 / (performance.now() - begun);
    };
    await stack.up(program(1));
    const before = await share();
    await stack.up(program(0.5));
    const shares = [await share(), await share(), await share()];
    await stack.up(program(1));
    // A host that is busy with other things can't give it: then it is less than what the machine had without the limit.
    const free = Math.min(before, await share());
    expect(Math.max(...shares)).toBeGreaterThan(0.95 * Math.min(0.5, 0.8 * free));
    expect(Math.max(...shares)).toBeLessThan(0.525);
  });

  test("a half upload of a killed run is made anew", async () => {
    await stack.up(program(0.5));
    const client = new Libvirt(daemon.uri("qemu"));
    const { pool: ref } = await client.call(pools.lookupByName, { name: "disks" });
    // What such a run leaves: the volume, its marker beside it, and less in it than there should be.
    const mark = readdirSync(pool()).find((name) => name.startsWith("base.owner-")) ?? "";
    const incomplete = mark.replace("owner", "incomplete");
    const xml = volumeXml({ name: incomplete, format: "raw", capacity: 0 });
    await client.call(volumes.create, { pool: ref, xml, flags: 0 });
    client.close();
    writeFileSync(join(pool(), "base"), "half");
    await stack.forget("spin", "disk", "base");
    expect(await stack.up(program(0.5))).toEqual({ ...none, create: 3, same: 5 });
    expect(readFileSync(join(pool(), "base")).equals(readFileSync(image))).toBe(true);
    expect(withoutMarks(readdirSync(pool()))).toEqual(["base", "disk", "seed"]);
  });
});
