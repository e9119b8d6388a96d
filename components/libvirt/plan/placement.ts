import type { Problem } from "../../experiment/problem.ts";
import { tierNames } from "../../experiment/tier.ts";
import { overheadMiB } from "./capacity.ts";
import type { MachinePlan } from "../../plan/types.ts";

/**
 * What a host has for machines: all of it. What is free of it changes by the minute, not least by our own machines, and a
 * preview has to show what `up` then does.
 */
export interface PlacementHost {
  /** As `on:` names it. */
  name: string;
  cores: number;
  memoryMiB: number;
  /** Names of this testbed's machines that are there already. */
  holds: readonly string[];
}

export interface Placement {
  /** Name of the host of each machine. */
  hostOf: Readonly<Record<string, string>>;
  problems: Problem[];
}

type Machine = Pick<MachinePlan, "name" | "tier" | "cpus" | "memoryMiB" | "quota" | "on">;

/** What a host's machines take of it. */
interface Load {
  host: PlacementHost;
  memoryMiB: number;
  cores: number;
}

/**
 * Gives every machine a host: the one that `on:` names; else the one where it is already, so that no edit of other machines
 * moves it; else, machine by machine in the plan's order, the one that is least full with it, of memory or of cores,
 * whichever is scarcer there. The first of equals. Nothing but the spec, the hosts' sizes and what is where decides.
 */
export function placeMachines(machines: readonly Machine[], hosts: readonly PlacementHost[]): Placement {
  const loads = hosts.map((host): Load => ({ host, memoryMiB: 0, cores: 0 }));
  const hostOf: Record<string, string> = {};
  const put = (machine: Machine, load: Load): void => {
    hostOf[machine.name] = load.host.name;
    load.memoryMiB += machine.memoryMiB + overheadMiB;
    load.cores += coresOf(machine);
  };
  const settled = (machine: Machine): Load | undefined =>
    loads.find(({ host }) => host.name === machine.on) ?? loads.find(({ host }) => host.holds.includes(machine.name));
  // Those that have a place come first: what is new fits in around them.
  for (const machine of machines) {
    const load = settled(machine);
    if (load !== undefined) put(machine, load);
  }
  for (const machine of machines) {
    if (hostOf[machine.name] !== undefined) continue;
    const best = loads.reduce<Load | undefined>(
      (least, load) => (least === undefined || fullness(load, machine) < fullness(least, machine) ? load : least),
      undefined,
    );
    if (best !== undefined) put(machine, best);
  }
  return { hostOf, problems: [...memoryProblems(loads), ...coreProblems(machines, loads, hostOf)] };
}

/** Share of its time that a machine may take of a core, for each of them. */
function coresOf({ cpus, quota = 1 }: Machine): number {
  return cpus * quota;
}

/** How full a host would be with one more machine: 1 is full. What does not fit comes after all that does. */
function fullness({ host, memoryMiB, cores }: Load, machine: Machine): number {
  const memory = (memoryMiB + machine.memoryMiB + overheadMiB) / host.memoryMiB;
  return memory > 1 ? memory * 1e6 : Math.max(memory, (cores + coresOf(machine)) / host.cores);
}

/** One problem for all hosts: more room on one of them is what helps the other. */
function memoryProblems(loads: readonly Load[]): Problem[] {
  const full = loads.filter(({ host, memoryMiB }) => memoryMiB > host.memoryMiB);
  if (full.length === 0) return [];
  const all = loads.map(({ host, memoryMiB }) => `${host.name} ${memoryMiB} of ${host.memoryMiB} MiB`).join(", ");
  const names = full.map(({ host }) => host.name).join(", ");
  return [
    {
      severity: "error",
      path: "tiers",
      reason: `the machines don't fit on ${names}: they need (with ${overheadMiB} MiB each for QEMU) ${all}`,
      fix: "use fewer or smaller machines (count, memory), another host (on), or more hosts",
    },
  ];
}

/** Machines share cores by turns, but a machine with more cores than its host measures the host's scheduler. */
function coreProblems(
  machines: readonly Machine[],
  loads: readonly Load[],
  hostOf: Readonly<Record<string, string>>,
): Problem[] {
  return tierNames.flatMap((tier): Problem[] => {
    const wide = machines.find(({ tier: own, name, cpus }) => {
      const host = loads.find((load) => load.host.name === hostOf[name])?.host;
      return own === tier && host !== undefined && cpus > host.cores;
    });
    if (wide === undefined) return [];
    const all = loads.map(({ host }) => `${host.name} ${host.cores}`).join(", ");
    const reason = `${wide.name} has ${wide.cpus} cores, more than its host ${hostOf[wide.name] ?? ""}, and waits for itself (cores: ${all})`;
    return [{ severity: "warning", path: `tiers.${tier}.cpus`, reason, fix: "use fewer cores, or a larger host (on)" }];
  });
}
