import * as libvirt from "@pulumi/libvirt";
import * as pulumi from "@pulumi/pulumi";
import { join } from "node:path";
import { connect } from "../../providers/libvirt/rpc/procedures.ts";
import { Libvirt } from "../../providers/libvirt/rpc/libvirt.ts";
import { libvirtdProblem, PrivateLibvirtd } from "../support/libvirtd.ts";
import { list, median, seconds, type Bench, type Figure } from "./bench.ts";
import { InlineStack } from "./inlineStack.ts";
import { descendants, memoryOf, watch } from "./processes.ts";

const machines = 200;
const rounds = 3;

/** Makes one resource of the kind it stands for. */
interface Factory {
  pool: (args: libvirt.PoolArgs) => pulumi.CustomResource;
  network: (args: libvirt.NetworkArgs) => pulumi.CustomResource;
  volume: (name: string, args: libvirt.VolumeArgs, opts: pulumi.CustomResourceOptions) => pulumi.CustomResource;
  seed: (name: string, args: libvirt.CloudInitDiskArgs, opts: pulumi.CustomResourceOptions) => pulumi.CustomResource;
  domain: (name: string, args: libvirt.DomainArgs) => pulumi.CustomResource;
}

/** The same 3 + 200 x 3 resources, with the same inputs and dependencies, of whatever plugin makes them. */
function program(make: Factory): void {
  const pool = make.pool({ name: "bench", type: "dir", target: { path: "/bench" } });
  const network = make.network({ name: "bench", mode: "none", addresses: ["10.83.0.0/16"], dhcp: { enabled: false } });
  const after = { dependsOn: pool };
  const base = make.volume("base", { name: "base", pool: "bench", format: "qcow2", size: 2 ** 30 }, after);
  for (let index = 0; index < machines; index += 1) {
    const name = `machine-${index}`;
    const metaData = `instance-id: ${name}\nlocal-hostname: ${name}\n`;
    const disk = make.volume(
      `${name}-disk`,
      { name: `${name}.qcow2`, pool: "bench", format: "qcow2", baseVolumeId: base.id, size: 2 ** 33 },
      after,
    );
    const seed = make.seed(
      `${name}-seed`,
      { name: `${name}.iso`, pool: "bench", metaData, userData: "#cloud-config\n" },
      after,
    );
    make.domain(name, {
      name,
      vcpu: 1,
      memory: 512,
      disks: [{ volumeId: disk.id }, { volumeId: seed.id }],
      networkInterfaces: [{ networkId: network.id }],
    });
  }
}

class Thing extends pulumi.CustomResource {
  constructor(name: string, args: object, opts?: pulumi.CustomResourceOptions) {
    super("noop:index/thing:Thing", name, { ...args }, opts);
  }
}

const nothing: Factory = {
  pool: (args) => new Thing("pool", args),
  network: (args) => new Thing("network", args),
  volume: (name, args, opts) => new Thing(name, args, opts),
  seed: (name, args, opts) => new Thing(name, args, opts),
  domain: (name, args) => new Thing(name, args),
};

function onLibvirt(uri: string): Factory {
  const provider = new libvirt.Provider("libvirt", { uri });
  return {
    pool: (args) => new libvirt.Pool("pool", args, { provider }),
    network: (args) => new libvirt.Network("network", args, { provider }),
    volume: (name, args, opts) => new libvirt.Volume(name, args, { ...opts, provider }),
    seed: (name, args, opts) => new libvirt.CloudInitDisk(name, args, { ...opts, provider }),
    domain: (name, args) => new libvirt.Domain(name, args, { provider }),
  };
}

/** 200 machines on libvirt's test driver: what our plugin costs beyond what any plugin does. */
export const testDriver: Bench = {
  name: "test-driver",
  title: `${machines} machines on libvirt's test driver, against a plugin that does nothing`,
  missing: libvirtdProblem,
  async run(say) {
    const libvirtd = await PrivateLibvirtd.start();
    // The test driver keeps what it has as long as somebody is connected.
    const connection = new Libvirt(libvirtd.uri("test"));
    const path = (...parts: string[]) => join(import.meta.dirname, ...parts);
    const stacks: InlineStack[] = [];
    try {
      await connection.call(connect.libVersion, undefined);
      const ours = await InlineStack.create({ name: "libvirt", path: path("../../providers/libvirt") }, () => {
        program(onLibvirt(libvirtd.uri("test")));
        return Promise.resolve();
      });
      stacks.push(ours);
      const noop = await InlineStack.create({ name: "noop", path: path("noop") }, () => {
        program(nothing);
        return Promise.resolve();
      });
      stacks.push(noop);
      return await compare(ours, noop, say);
    } finally {
      for (const stack of stacks) stack.remove();
      connection.close();
      await libvirtd.stop();
    }
  },
};

async function compare(ours: InlineStack, noop: InlineStack, say: (text: string) => void): Promise<Figure[]> {
  const times: { ours: number[]; noop: number[] } = { ours: [], noop: [] };
  let peak = 0;
  const look = (): void => {
    const plugin = descendants(process.pid).find(({ command }) => command.includes("providers/libvirt/main.ts"));
    if (plugin !== undefined) peak = Math.max(peak, memoryOf(plugin.pid).rss);
  };
  for (let round = 1; round <= rounds; round += 1) {
    const counts = { ours: 0, noop: 0 };
    times.noop.push(await seconds(async () => (counts.noop = await noop.up())));
    await noop.destroy();
    times.ours.push(await seconds(() => watch(look, async () => (counts.ours = await ours.up()))));
    await ours.destroy();
    // The provider of our own connection is a resource too.
    if (counts.ours !== counts.noop + 1) throw new Error(`${counts.ours} resources against ${counts.noop}`);
    say(
      `round ${round}: ${list([times.ours.at(-1) ?? 0])} s, ${list([times.noop.at(-1) ?? 0])} s with the plugin that does nothing`,
    );
  }
  const [mine, theirs] = [median(times.ours), median(times.noop)];
  return [
    {
      name: `${machines} machines on the test driver, up`,
      measured: mine / theirs,
      limit: 1.5,
      unit: "",
      detail: `medians of ${list(times.ours)} s and ${list(times.noop)} s`,
    },
    {
      name: "libvirt plugin, peak memory",
      measured: peak,
      limit: 150,
      unit: "MB",
      detail: `RSS with ${machines} machines`,
    },
  ];
}
