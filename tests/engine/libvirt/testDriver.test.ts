import * as libvirt from "@pulumi/libvirt";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import { domains } from "../../../providers/libvirt/rpc/procedures.ts";
import { findEngine } from "../../../setup/engine/find.ts";
import { describeUnless } from "../../support/describeUnless.ts";
import { KeptTestDriver } from "../../support/keptTestDriver.ts";
import { libvirtdProblem } from "../../support/libvirtd.ts";
import { PluginStack } from "../../support/pluginStack.ts";

/** What a test changes of the testbed below. */
interface Testbed {
  machines: number;
  memory?: number;
  bridge?: string;
  baseSize?: number;
}

const problem = libvirtdProblem() ?? (findEngine() ? undefined : "no Pulumi engine (./strata setup makes one)");
describeUnless(problem, "the libvirt plugin with the engine, on libvirt's test driver", () => {
  let driver: KeptTestDriver;
  let stack: PluginStack;

  beforeAll(async () => {
    driver = await KeptTestDriver.start();
    stack = await PluginStack.create(["libvirt"]);
  });
  afterEach(() => stack.destroy());
  afterAll(async () => {
    stack.remove();
    await driver.stop();
  });

  /** A pool, a network, an image, and machines of three resources each: 3 + 3 n, the provider and the stack itself. */
  const testbed =
    ({ machines, memory = 256, bridge = "br-t", baseSize = 1e6 }: Testbed): PulumiFn =>
    () => {
      const provider = new libvirt.Provider("host", { uri: driver.uri });
      const opts = { provider };
      const pool = new libvirt.Pool("pool", { type: "dir", target: { path: "/pool" } }, opts);
      const network = new libvirt.Network("net", { bridge, addresses: ["10.77.0.0/16"] }, opts);
      const base = new libvirt.Volume("base", { pool: pool.name, size: baseSize }, opts);
      for (let index = 0; index < machines; index++) {
        const disk = new libvirt.Volume(`disk-${index}`, { pool: pool.name, baseVolumeId: base.id, size: 2e6 }, opts);
        const seed = new libvirt.CloudInitDisk(`seed-${index}`, { pool: pool.name, userData: "top secret" }, opts);
        new libvirt.Domain(
          `m-${index}`,
          {
            memory,
            disks: [{ volumeId: disk.id }, { volumeId: seed.id }],
            networkInterfaces: [{ networkId: network.id }],
          },
          opts,
        );
      }
      return Promise.resolve();
    };
  const none = { create: 0, update: 0, replace: 0, delete: 0, same: 0 };
  const running = async (name: string) => (await driver.connection.call(domains.lookupByName, { name })).domain;

  test("create, no change, one machine more, an edit in place, a replacement, and nothing left", async () => {
    expect(await stack.up(testbed({ machines: 2 }))).toEqual({ ...none, create: 11 });
    expect(await stack.up(testbed({ machines: 2 }))).toEqual({ ...none, same: 11 });
    expect(await stack.refresh()).toEqual({ ...none, same: 11 });
    expect(await stack.up(testbed({ machines: 3 }))).toEqual({ ...none, create: 3, same: 11 });

    const before = await running("m-1");
    expect(await stack.preview(testbed({ machines: 3, memory: 512 }))).toEqual({ ...none, update: 3, same: 11 });
    expect(await stack.up(testbed({ machines: 3, memory: 512 }))).toEqual({ ...none, update: 3, same: 11 });
    expect((await running("m-1")).uuid).toBe(before.uuid);
    expect(await driver.virsh("dominfo", "m-1")).toMatch(/Max memory:\s+524288 KiB/);

    // Another network: machines are restarted on it, with their disks.
    const bridged = testbed({ machines: 3, memory: 512, bridge: "br-u" });
    expect(await stack.up(bridged)).toEqual({ ...none, update: 3, replace: 1, same: 10 });
    // Another image: its overlays and their machines are made anew.
    const image = testbed({ machines: 3, memory: 512, bridge: "br-u", baseSize: 15e5 });
    expect(await stack.up(image)).toEqual({ ...none, replace: 7, same: 7 });

    expect(stack.keptState()).not.toContain("top secret");
    expect(await stack.destroy()).toEqual({ ...none, delete: 14 });
    expect(await driver.virsh("list", "--all", "--name")).toBe("test");
    expect(await driver.virsh("pool-list", "--all", "--name")).toBe("default-pool");
  });

  test("what a killed run left behind is adopted, and goes on running", async () => {
    await stack.up(testbed({ machines: 2 }));
    const before = await running("m-0");
    await stack.forget("m-0", "seed-0", "disk-0", "m-1", "seed-1", "disk-1", "base", "net", "pool");
    expect(await stack.up(testbed({ machines: 2 }))).toEqual({ ...none, create: 9, same: 2 });
    expect(await running("m-0")).toEqual(before);
    expect(await stack.up(testbed({ machines: 2 }))).toEqual({ ...none, same: 11 });
  });

  test("a machine that is gone already can be destroyed", async () => {
    await stack.up(testbed({ machines: 1 }));
    await driver.virsh("destroy", "m-0");
    await driver.virsh("undefine", "m-0");
    expect(await stack.destroy()).toEqual({ ...none, delete: 8 });
  });

  test("60 machines", async () => {
    expect(await stack.up(testbed({ machines: 60 }))).toEqual({ ...none, create: 185 });
    expect(await stack.up(testbed({ machines: 60 }))).toEqual({ ...none, same: 185 });
    expect((await driver.virsh("list", "--name")).split("\n")).toHaveLength(61);
    expect(await stack.destroy()).toEqual({ ...none, delete: 185 });
  });

  test("a program is told of a machine as it is, whoever made it, and that there is none of a name", async () => {
    const asking =
      (name: string): PulumiFn =>
      async () => {
        const provider = new libvirt.Provider("host", { uri: driver.uri });
        return { found: await libvirt.getDomain({ name }, { provider }).catch(String) };
      };
    const found = async (name: string): Promise<unknown> => {
      await stack.up(asking(name));
      return (await stack.outputs()).found?.value;
    };
    const { uuid } = await running("test");
    expect(await found("test")).toMatchObject({
      id: uuid,
      name: "test",
      type: "test",
      vcpu: 2,
      memory: 2048,
      running: true,
    });
    expect(await found("none")).toContain(`name: there is no machine "none" at ${driver.uri}`);
  });

  test("bad input is refused in the preview, and nothing is connected to", async () => {
    const program: PulumiFn = () => {
      const provider = new libvirt.Provider("host", { uri: "qemu+unix:///system?socket=/nowhere" });
      new libvirt.Domain("m", { memory: 0, disks: [{ volumeId: "/a", url: "http://x" } as never] }, { provider });
      return Promise.resolve();
    };
    const failure = await stack.preview(program).then(() => "", String);
    expect(failure).toContain("memory: must be at least 1 MiB");
    expect(failure).toContain("disks[0].url: disks come from volumes; download the image and make a Volume with it");
    expect(failure).not.toContain("can't connect");
  });
});
