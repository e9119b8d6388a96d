import { jest } from "@jest/globals";
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
import { libvirtdProblem, PrivateLibvirtd } from "../../support/libvirtd.ts";
import { PluginStack } from "../../support/pluginStack.ts";

jest.setTimeout(300_000);

const programs = ["/usr/bin/qemu-system-x86_64", "/usr/bin/genisoimage"];
const missing = programs.filter((path) => !existsSync(path)).map((path) => `not installed: ${path}`);
const engine = findEngine() ? [] : ["no Pulumi engine (./strata setup makes one)"];
const problem = libvirtdProblem() ?? [...missing, ...engine][0];
if (problem !== undefined) {
  test.skip(`the libvirt plugin with QEMU, not tested on this host: ${problem}`, () => undefined);
} else {
  describe("the libvirt plugin with QEMU", () => {
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
    const spins = (): string =>
      execFileSync("sh", ["-c", "pgrep -f '[q]emu-system.*guest=spin' || true"], { encoding: "utf8" }).trim();

    test("a machine boots from an uploaded image, within its quota, and nothing of it stays", async () => {
      expect(await stack.up(program(0.5))).toEqual({ ...none, create: 8 });
      expect(await stack.up(program(0.5))).toEqual({ ...none, same: 8 });
      expect(await stack.refresh()).toEqual({ ...none, same: 8 });

      expect(readFileSync(join(pool(), "base")).equals(readFileSync(image))).toBe(true);
      expect(readdirSync(pool()).sort()).toEqual(["base", "disk", "seed"]);
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
      await stack.up(program(0.5));
      const processorNs = async (): Promise<number> =>
        Number(/vcpu\.0\.time=(\d+)/.exec(await daemon.virsh("qemu", "domstats", "spin", "--vcpu"))?.[1]);
      const shares: number[] = [];
      // A host that is busy with other things can't give it: then another stretch of time is looked at.
      for (const deadline = Date.now() + 120_000; !shares.some((share) => share > 0.475) && Date.now() < deadline;) {
        const [before, begun] = [await processorNs(), performance.now()];
        await new Promise((resolve) => setTimeout(resolve, 4000));
        shares.push(((await processorNs()) - before) / 1e6 / (performance.now() - begun));
      }
      expect(Math.max(...shares)).toBeGreaterThan(0.475);
      expect(Math.max(...shares)).toBeLessThan(0.525);
    });

    test("a half upload of a killed run is made anew", async () => {
      await stack.up(program(0.5));
      const client = new Libvirt(daemon.uri("qemu"));
      const { pool: ref } = await client.call(pools.lookupByName, { name: "disks" });
      // What such a run leaves: the volume, its marker beside it, and less in it than there should be.
      const xml = volumeXml({ name: "base.incomplete", format: "raw", capacity: 0 });
      await client.call(volumes.create, { pool: ref, xml, flags: 0 });
      client.close();
      writeFileSync(join(pool(), "base"), "half");
      await stack.forget("spin", "disk", "base");
      expect(await stack.up(program(0.5))).toEqual({ ...none, create: 3, same: 5 });
      expect(readFileSync(join(pool(), "base")).equals(readFileSync(image))).toBe(true);
      expect(readdirSync(pool()).sort()).toEqual(["base", "disk", "seed"]);
    });

    test("a file that others put into the pool's directory stays", async () => {
      await stack.up(program(0.5));
      writeFileSync(join(pool(), "mine"), "");
      expect(await stack.destroy()).toEqual({ ...none, delete: 8 });
      expect(readdirSync(pool())).toEqual(["mine"]);
    });
  });
}
