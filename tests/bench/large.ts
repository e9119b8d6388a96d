import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { findEngine } from "../../setup/engine/find.ts";
import { libvirtdProblem } from "../support/libvirtd.ts";
import { list, type Bench, type Figure } from "./bench.ts";
import { MachineStack, operations, type Operation } from "./machineStack.ts";
import { scalePlot, type Line } from "./scalePlot.ts";

const sizes = [50, 100, 200, 400, 1000];
/** Without a journal: the largest of these takes as long as the thousand with one. */
const sizesInFiles = [50, 100, 200];
const plot = join(import.meta.dirname, "../../docs/large.svg");

/** What so many machines took. */
interface Cost {
  machines: number;
  /** Processor time, milliseconds a machine, of all processes. */
  ms: Partial<Record<Operation, number>>;
  /** The most that all of them had, MB. */
  memory: number;
  stateBytes: number;
}

/** The whole way of many machines: engine, program, plugins and libvirt's daemon, seven resources a machine. */
export const large: Bench = {
  name: "large",
  title: `a machine's cost in up, preview and destroy, from ${sizes[0]} to ${sizes.at(-1)} machines on libvirt's test driver`,
  missing: () => libvirtdProblem() ?? (findEngine() ? undefined : "there is no Pulumi engine (./strata setup)"),
  async run(say) {
    const inFiles: Cost[] = [];
    for (const machines of sizesInFiles) inFiles.push(await measure(machines, false, say));
    const costs: Cost[] = [];
    for (const machines of sizes) costs.push(await measure(machines, true, say));
    writeFileSync(plot, drawn(costs, inFiles));
    return figuresOf(costs, inFiles);
  },
};

async function measure(machines: number, journal: boolean, say: (text: string) => void): Promise<Cost> {
  const stack = await MachineStack.create(machines, journal);
  const cost: Cost = { machines, ms: {}, memory: 0, stateBytes: 0 };
  try {
    for (const operation of operations) {
      const { seconds, memory } = await stack.operate(operation);
      cost.ms[operation] = (seconds * 1000) / machines;
      cost.memory = Math.max(cost.memory, memory);
      if (operation === "up") cost.stateBytes = stack.stateBytes;
    }
  } finally {
    await stack.remove();
  }
  const each = operations.map((operation) => `${operation} ${cost.ms[operation]?.toFixed(1)}`).join(", ");
  const way = journal ? "a journal" : "files";
  say(`${machines} machines, state in ${way}: ${each} ms of the processor each; ${cost.memory.toFixed(0)} MB`);
  return cost;
}

/** Of a few machines the processes' starts make a part. */
function figuresOf(costs: readonly Cost[], inFiles: readonly Cost[]): Figure[] {
  const [few, many] = [costs[0], costs.at(-1)];
  const ms = (cost: Cost | undefined, operation: Operation): number => cost?.ms[operation] ?? NaN;
  const flat = operations.map((operation): Figure => {
    const all = list(costs.map((cost) => ms(cost, operation)));
    const files =
      operation === "preview" ? "" : `; with the state in files ${list(inFiles.map((cost) => ms(cost, operation)))} ms`;
    return {
      name: `${operation}: a machine of ${many?.machines} against one of ${few?.machines}`,
      measured: ms(many, operation) / ms(few, operation),
      limit: 1.3,
      unit: "",
      detail: `processor time: ${all} ms each of ${sizes.join(", ")}${files}`,
    };
  });
  const kilobytes = costs.map(({ stateBytes, machines }) => stateBytes / machines / 1000);
  return [
    ...flat,
    {
      name: "state, a machine of the most against one of the fewest",
      measured: (kilobytes.at(-1) ?? NaN) / (kilobytes[0] ?? NaN),
      limit: 1.3,
      unit: "",
      detail: `${list(kilobytes)} kB each`,
    },
    {
      name: `memory of all processes with ${many?.machines} machines`,
      measured: many?.memory ?? NaN,
      limit: 3000,
      unit: "MB",
      detail: `PSS; ${costs.map(({ memory }) => memory.toFixed(0)).join(", ")} MB with ${sizes.join(", ")}`,
    },
  ];
}

function drawn(costs: readonly Cost[], inFiles: readonly Cost[]): string {
  const line = (name: string, colour: string, operation: Operation, from = costs): Line => ({
    ...{ name, colour },
    points: from.map(({ machines, ms }) => ({ machines, ms: ms[operation] ?? 0 })),
  });
  const lines = [
    line("up", "#222", "up"),
    line("no-change up", "#06c", "up again"),
    line("preview", "#083", "preview"),
    line("destroy", "#a50", "destroy"),
    line("up, state in files", "#c00", "up", inFiles),
  ];
  // Room for where the square begins.
  const ceiling =
    Math.ceil((1.5 * Math.max(...[...costs, ...inFiles.slice(0, 1)].map(({ ms }) => ms.up ?? 0))) / 100) * 100;
  return scalePlot("Processor time a machine, by number of machines", lines, ceiling);
}
