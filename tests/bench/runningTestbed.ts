import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadTestbed } from "../../components/experiment/whole/load.ts";
import type { TestbedArgs } from "../../components/experiment/whole/testbed.ts";
import { BenchStack } from "./benchStack.ts";
import { descendants, memoryOf, processes, watch, type Process } from "./processes.ts";

/** A testbed of three machines that several benchmarks measure on, and what it took of the host to build. */
export interface RunningTestbed {
  stack: BenchStack;
  args: TestbedArgs;
  /** The most that the processes beside the machines held at one moment, MB. */
  peak: Memory;
}

export interface Memory {
  rss: number;
  pss: number;
  /** The most that Strata's plugins and its runner held at one moment (PSS), which need not be the same moment. */
  own: number;
  /** What held it, largest first. */
  detail: string;
}

let built: Promise<RunningTestbed> | undefined;

/** The quickstart's testbed under another name; built at the first call. */
export function runningTestbed(): Promise<RunningTestbed> {
  built ??= build();
  return built;
}

/** Removes it, if it was built. */
export async function removeTestbeds(): Promise<void> {
  const testbed = await built?.catch(() => undefined);
  await testbed?.stack.remove();
}

async function build(): Promise<RunningTestbed> {
  const file = join(import.meta.dirname, "../../stacks/quickstart.yaml");
  const loaded = loadTestbed(readFileSync(file, "utf8"), { provider: { kind: "libvirt", host: "embedded" } });
  if (!loaded.ok) throw new Error("stacks/quickstart.yaml is not right");
  const stack = await BenchStack.create("bench-three", loaded.args);
  try {
    const { peak } = await peakMemory(stack, () => stack.up());
    return { stack, args: loaded.args, peak };
  } catch (error) {
    await stack.remove();
    throw error;
  }
}

/** The most memory that the processes which belong to a testbed, its machines left out, hold while `work` runs. */
export async function peakMemory<Result>(
  stack: BenchStack,
  work: () => Promise<Result>,
): Promise<{ result: Result; peak: Memory }> {
  const peak: Memory = { rss: 0, pss: 0, own: 0, detail: "" };
  const result = await watch(() => {
    const parts = hostProcesses(stack).map(({ pid, command }) => ({
      ...memoryOf(pid),
      what: shortName(command),
      command,
    }));
    const own = parts.filter(({ command }) => isOwn(command)).reduce((total, { pss }) => total + pss, 0);
    peak.own = Math.max(peak.own, own);
    const sum = (kind: "rss" | "pss") => parts.reduce((total, part) => total + part[kind], 0);
    if (sum("pss") <= peak.pss) return;
    const largest = parts.sort((a, b) => b.pss - a.pss).slice(0, 5);
    const detail = largest.map(({ what, pss }) => `${what} ${pss.toFixed(0)}`).join(", ");
    Object.assign(peak, { rss: sum("rss"), pss: sum("pss"), detail });
  }, work);
  return { result, peak };
}

/** What runs on the host for a testbed beside QEMU: below this process, and the daemons that name its directories. */
function hostProcesses({ state, host }: BenchStack): Process[] {
  const all = processes();
  const own = descendants(process.pid, all);
  const daemons = all.filter(({ command }) => command.includes(state) || command.includes(host.runDirectory));
  return [...new Set([...own, ...daemons])].filter(({ command }) => !command.includes("qemu-system"));
}

/** Plugins and runner, as against engine, program, Ansible and libvirtd. */
function isOwn(command: string): boolean {
  return /\/providers\/\w+\/main\.ts|\/tests\/bench\/measure\.ts/.test(command);
}

function shortName(command: string): string {
  const file = /(\S*?)(\/main\.ts|\/host\.ts|\/cmd\/run\/?\S*)/.exec(command);
  if (file?.[2]?.startsWith("/cmd/run") === true) return "program";
  if (file?.[2] === "/host.ts") return "language host";
  return (file?.[1] ?? command.split(" ")[0] ?? "").split("/").at(-1) ?? command;
}
