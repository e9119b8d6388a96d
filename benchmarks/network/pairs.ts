import { smallest } from "../metrics/extent.ts";
import type { MachineOutputs, ShapeOutputs, TestbedOutputs } from "../../components/contract/testbed.ts";

/** Two machines between which a link is measured, and what it shall do each way. */
export interface Pair {
  /** "cloud-edge", or "endpoint-3 cloud" for a machine whose link with a tier is its own. */
  link: string;
  from: MachineOutputs;
  to: MachineOutputs;
  /** From `from` to `to`. */
  down: ShapeOutputs;
  up: ShapeOutputs;
  /** Lowest of the link's rate and those that the machines share, in 10^6 bit/s; absent: unlimited. */
  downMbit?: number;
  upMbit?: number;
}

type Part = Pick<TestbedOutputs, "links" | "machines" | "machineLinks" | "access">;

/**
 * One pair a link: the first machines of both tiers, or the first two of one, that have no settings of their own; and one
 * for each link of a machine that has. Links without two such machines are left out.
 */
export function linkedPairs(testbed: Part): Pair[] {
  const own = new Set((testbed.machineLinks ?? []).map(({ machine }) => machine));
  const usual = (tier: string, besides?: string): MachineOutputs[] =>
    testbed.machines.filter((machine) => machine.tier === tier && machine.name !== besides && !own.has(machine.name));
  const ofLinks = testbed.links.flatMap(({ name, from, to, up, ...down }): Pair[] => {
    const pair = [usual(from)[0], usual(to)[from === to ? 1 : 0]] as const;
    return pair[0] && pair[1] ? [{ link: name, from: pair[0], to: pair[1], down, up: up ?? down }] : [];
  });
  const ofMachines = (testbed.machineLinks ?? []).flatMap(({ machine: name, tier, sent, ...received }): Pair[] => {
    const machine = testbed.machines.find((one) => one.name === name);
    const other = usual(tier, name)[0];
    return machine && other
      ? [{ link: `${name} ${tier}`, from: other, to: machine, down: received, up: sent ?? received }]
      : [];
  });
  return [...ofLinks, ...ofMachines].map((pair) => ({ ...pair, ...rates(pair, testbed.access ?? {}) }));
}

function rates({ from, to, down, up }: Pair, access: NonNullable<Part["access"]>): Pick<Pair, "downMbit" | "upMbit"> {
  const of = ({ name, tier }: MachineOutputs) => access[name] ?? access[tier] ?? {};
  const lowest = (key: "downMbit" | "upMbit", ...all: (number | undefined)[]) => {
    const limits = all.filter((one) => one !== undefined);
    return limits.length === 0 ? {} : { [key]: smallest(limits) };
  };
  return {
    ...lowest("downMbit", down.rateMbit, of(from).upMbit, of(to).downMbit),
    ...lowest("upMbit", up.rateMbit, of(to).upMbit, of(from).downMbit),
  };
}
