import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Libvirt } from "../../providers/libvirt/rpc/libvirt.ts";
import { connect } from "../../providers/libvirt/rpc/procedures.ts";
import { libvirtdProblem, PrivateLibvirtd } from "../support/libvirtd.ts";
import { PluginProcess, type Values } from "../support/pluginProcess.ts";
import { list, median, type Bench, type Figure } from "./bench.ts";
import { scalePlot, type Line } from "./scalePlot.ts";

const sizes = [10, 30, 100, 300, 1000];
const rounds = 2;
/** Resources that are made at once; `strata up` asks the engine for as many. */
const parallel = 32;
const plot = join(import.meta.dirname, "../../docs/libvirt-scale.svg");

/** What so many machines cost. */
export interface Cost {
  machines: number;
  /** Processor time of the plugin and of libvirtd, milliseconds a machine. */
  pluginMs: number;
  libvirtdMs: number;
  /** Peak resident memory of the plugin, MB. */
  memory: number;
}

/**
 * The plugin alone, called as the engine calls it: processor time instead of a clock, so that whatever else the machine
 * does is not in it; and without the engine, whose own cost grows with the size of its state.
 */
export const scale: Bench = {
  name: "scale",
  title: `the libvirt plugin's cost a machine, from ${sizes[0]} to ${sizes.at(-1)} machines on libvirt's test driver`,
  missing: libvirtdProblem,
  async run(say) {
    const costs: Cost[] = [];
    for (const machines of sizes) {
      const all: Cost[] = [];
      for (let round = 0; round < rounds; round += 1) all.push(await measure(machines));
      const pick = (key: keyof Cost): number => median(all.map((cost) => cost[key]));
      costs.push({ machines, pluginMs: pick("pluginMs"), libvirtdMs: pick("libvirtdMs"), memory: pick("memory") });
      const { pluginMs, libvirtdMs, memory } = costs.at(-1) ?? { pluginMs: 0, libvirtdMs: 0, memory: 0 };
      say(`${machines} machines: ${list([pluginMs, libvirtdMs])} ms of the processor each, ${memory.toFixed(0)} MB`);
    }
    writeFileSync(plot, drawn(costs));
    return figuresOf(costs);
  },
};

function drawn(costs: readonly Cost[]): string {
  const line = (name: string, colour: string, ms: (cost: Cost) => number): Line => ({
    ...{ name, colour },
    points: costs.map((cost) => ({ machines: cost.machines, ms: ms(cost) })),
  });
  const both = (cost: Cost): number => cost.pluginMs + cost.libvirtdMs;
  const lines = [line("plugin and libvirtd", "#222", both), line("plugin alone", "#06c", ({ pluginMs }) => pluginMs)];
  const ceiling = Math.ceil(Math.max(...costs.map(both)) / 5) * 5;
  return scalePlot("Processor time a machine of the libvirt plugin, by number of machines", lines, ceiling);
}

/** A machine's cost is flat if a thousand cost no more each than a few, from which the plugin's warming up is not yet gone. */
function figuresOf(costs: readonly Cost[]): Figure[] {
  const of = (machines: number): Cost | undefined => costs.find((cost) => cost.machines === machines);
  const sum = (cost: Cost | undefined): number => (cost === undefined ? NaN : cost.pluginMs + cost.libvirtdMs);
  return [
    {
      name: "a machine of 1,000 against one of 10",
      measured: sum(of(1000)) / sum(of(10)),
      limit: 1,
      unit: "",
      detail: `processor time of plugin and libvirtd: ${list(costs.map(sum))} ms each of ${sizes.join(", ")}`,
    },
    {
      name: "a machine of 1,000 against one of 100",
      measured: sum(of(1000)) / sum(of(100)),
      limit: 1.2,
      unit: "",
      detail: "the plugin is warm by then",
    },
    {
      name: "libvirt plugin, peak memory with 1,000 machines",
      measured: of(1000)?.memory ?? NaN,
      limit: 150,
      unit: "MB",
      detail: `RSS; ${costs.map(({ memory }) => memory.toFixed(0)).join(", ")} MB with ${sizes.join(", ")}`,
    },
  ];
}

async function measure(machines: number): Promise<Cost> {
  const libvirtd = await PrivateLibvirtd.start();
  // The test driver keeps what it has as long as somebody is connected.
  const connection = new Libvirt(libvirtd.uri("test"));
  const plugin = await PluginProcess.startPackage("libvirt");
  try {
    await connection.call(connect.libVersion, undefined);
    await plugin.configure({ uri: libvirtd.uri("test") });
    const pid = plugin.process.pid ?? 0;
    const before = { plugin: processorMs(pid), libvirtd: processorMs(libvirtd.pid) };
    await makeMachines(plugin, machines);
    return {
      machines,
      pluginMs: (processorMs(pid) - before.plugin) / machines,
      libvirtdMs: (processorMs(libvirtd.pid) - before.libvirtd) / machines,
      memory: peakMemory(pid),
    };
  } finally {
    await plugin.stop();
    connection.close();
    await libvirtd.stop();
  }
}

/** A pool, an image, and of each machine a disk and a domain, checked and made as the engine does. */
async function makeMachines(plugin: PluginProcess, machines: number): Promise<void> {
  const make = async (type: string, name: string, properties: Values): Promise<string> => {
    const urn = `urn:pulumi:bench::bench::libvirt:index/${type}::${name}`;
    const checked = await plugin.check(urn, properties);
    const response = await plugin.create(urn, checked.getInputs()?.toJavaScript() as Values);
    return response.getId();
  };
  await make("pool:Pool", "pool", { type: "dir", target: { path: "/bench" } });
  const base = await make("volume:Volume", "base", { pool: "pool", size: 2 ** 30 });
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < machines) {
      const name = `machine-${next++}`;
      const volume = { pool: "pool", baseVolumeId: base, size: 2 ** 33 };
      const disk = await make("volume:Volume", `${name}-disk`, volume);
      await make("domain:Domain", name, { memory: 512, disks: [{ volumeId: disk }] });
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
}

/** Processor time of a process so far, user and system (proc(5), stat), whose clock ticks 100 times a second. */
function processorMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function peakMemory(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return (Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) * 1024) / 1e6;
}
